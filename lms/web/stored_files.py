"""A stored file as an answer: opened in the page or as a download, never run, asked for again by whoever comes next."""

from flask import Response, request, send_file

from lms.platform.storage import storage


def serve_file(key: str, *, media_type: str, name: str, inline: bool) -> Response:
    """The stored file ``key`` as ``name``; 304 when the browser has it. Raises LostFile, which becomes a page that says so.

    ``inline`` is for pictures that we wrote ourselves; everything else is a download.
    """
    tag = key.rpartition("/")[2]
    if tag in request.if_none_match:
        response = Response(status=304)
    else:
        response = send_file(
            storage().open(key),
            mimetype=media_type,
            as_attachment=not inline,
            download_name=name,
            max_age=0,
            etag=False,
        )
    response.set_etag(tag)
    # whatever a browser makes of it, it runs nothing and reaches nobody
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    # a shared phone keeps it, but shows it again only after asking who is there now
    response.headers["Cache-Control"] = "private, no-cache"
    return response
