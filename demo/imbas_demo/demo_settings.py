"""Settings of an installation of invented people: its clock stands in their story, not in our day."""

from pathlib import Path

from lms.settings import Settings


def as_environment(settings: Settings) -> dict[str, str]:
    """What makes another process have these settings."""
    return {
        "LMS_DATA": str(settings.data),
        "LMS_ENVIRONMENT": settings.environment,
        "LMS_CLOCK_OFFSET_SECONDS": str(settings.clock_offset_seconds),
        "LMS_PUBLIC_URL": settings.public_url,
        "LMS_REQUIRE_TOTP": "false",
        "LMS_LOG_LEVEL": settings.log_level,
    }


def write_settings(settings: Settings) -> Path:
    """A file for ``lms --settings``, so that every other command has the same clock."""
    file = settings.data / "settings"
    file.write_text("".join(f"{name}={value}\n" for name, value in as_environment(settings).items()))
    return file
