"""Reviews of who has access to an area."""

from collections.abc import Iterator

from accessctl.answers import AreaReview, ReviewBegun, SignedReview, SignedReviewRow
from accessctl.client.asking import FORESIGHT_S, Asking, part


class ReviewCalls(Asking):
    """Calls about reviews."""

    def reviews(self) -> list[AreaReview]:
        """Give every area that is reviewed, and how it stands."""
        found: list[AreaReview] = self._ask("GET", "/reviews")["areas"]
        return found

    def begin_review(self, area: str) -> ReviewBegun:
        """Give everybody who has access to an area, and by what right."""
        found: ReviewBegun = self._ask("GET", f"/reviews/{part(area)}", timeout_s=FORESIGHT_S)
        return found

    def sign_review(self, area: str, sha256: str, strike: list[str]) -> SignedReviewRow:
        """Sign a review of an area, as its owner."""
        body = {"sha256": sha256, "strike": strike}
        signed: SignedReviewRow = self._ask("POST", f"/reviews/{part(area)}", body, FORESIGHT_S)
        return signed

    def signed_reviews(self) -> Iterator[SignedReviewRow]:
        """Give all signed reviews, page by page."""
        yield from self._pages("reviews", "/signed-reviews", {})

    def signed_review(self, review: str) -> SignedReview:
        """Give one with all it holds, whether it is sound, and what is to be done of it."""
        found: SignedReview = self._ask("GET", f"/signed-reviews/{part(review)}", timeout_s=FORESIGHT_S)
        return found
