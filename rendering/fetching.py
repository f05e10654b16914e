"""What WeasyPrint gets when it asks for an address. Imported by `rendering.pdf` when the first document is
printed."""

from collections.abc import Mapping

from weasyprint.urls import URLFetcher, URLFetcherResponse

from rendering import fonts
from rendering.assets import Asset


class AssetFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Serves registered assets by their address; the network and the disk do not exist."""

    def __init__(self, served: Mapping[str, Asset]) -> None:
        super().__init__(allowed_protocols=("asset", "attachment"), allow_redirects=False)
        self._served = served

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:  # noqa: ARG002  # WeasyPrint's signature
        """The asset registered under exactly this address; anything else is refused with a ValueError."""
        asset = self._served.get(url)
        if asset is None:
            raise ValueError(f"{url} is not a registered asset")
        # WeasyPrint would unpack a font for each document anew.
        body = fonts.unpacked(asset.content) if asset.is_font else asset.content
        return URLFetcherResponse(url, body=body, headers={"Content-Type": asset.media_type})
