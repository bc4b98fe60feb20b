"""A machine of its own for a test: a virtual environment, a data folder, commands and processes in it."""

import os
import signal
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass, field
from pathlib import Path

from lms.platform import children


@dataclass
class Machine:
    """A virtual environment of its own, with the libraries of this one."""

    folder: Path
    data: Path
    settings: dict[str, str] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def python(self) -> str:
        return str(self.folder / ("Scripts" if os.name == "nt" else "bin") / "python")

    def environment(self) -> dict[str, str]:
        ours = {"LMS_DATA": str(self.data), "LMS_ENVIRONMENT": "test", "LMS_SECRET_KEY": "k" * 40}
        return os.environ | ours | self.settings

    def start(self, name: str, *arguments: str) -> None:
        """``lms <arguments>`` in the background."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = children.start(
                [self.python, "-m", "lms", *arguments], env=self.environment(), log=log, cwd=self.folder
            )

    def stop(self) -> None:
        """End all that was started, as a power cut would."""
        for child in self.running.values():
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self.running.clear()

    def said(self) -> str:
        """The ends of the logs."""
        return "\n".join(path.read_text()[-2000:] for path in sorted(self.folder.glob("*.log")))

    def run(self, *arguments: str, ok: bool = True) -> str:
        done = subprocess.run(
            [self.python, *arguments], env=self.environment(), capture_output=True, text=True, cwd=self.folder
        )
        assert (done.returncode == 0) is ok, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout + done.stderr

    def lms(self, *arguments: str, ok: bool = True) -> str:
        return self.run("-m", "lms", *arguments, ok=ok)

    def pip(self, *arguments: str) -> None:
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "--python",
                self.python,
                "--disable-pip-version-check",
                "-q",
                *arguments,
            ],
            check=True,
            capture_output=True,
        )


def make_machine(folder: Path, *, with_imbas: bool) -> Machine:
    """With ``with_imbas`` also what is installed here in place: the core and the four modules."""
    venv.create(folder / "venv", with_pip=False)
    machine = Machine(folder / "venv", folder / "data")
    here = Path(sysconfig.get_paths()["purelib"])
    if with_imbas:
        line = f"import site; site.addsitedir({str(here)!r})"
    else:
        libraries = folder / "libraries"
        libraries.mkdir()
        for entry in here.iterdir():
            if "imbas" not in entry.name and entry.suffix != ".pth":
                (libraries / entry.name).symlink_to(entry)
        line = str(libraries)
    target = machine.run("-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])").strip()
    (Path(target) / "libraries.pth").write_text(line + "\n")
    return machine
