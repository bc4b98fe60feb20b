"""What a reader finds on a printed page: its words and its QR codes."""

import pypdfium2
import zxingcpp

_DPI = 150


def pdf_text(pdf: bytes) -> str:
    """The words of every page, lines as they stand."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document).replace("\r\n", "\n")


def qr_codes(pdf: bytes) -> list[str]:
    """What the codes of all pages say, from pictures of them as a printer makes them."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.render(scale=_DPI / 72).to_pil() for page in document]
    return [code.text for page in pages for code in zxingcpp.read_barcodes(page)]
