"""A list to choose from. It stands still while there is no room for it."""

from textual.widgets import OptionList


class Options(OptionList):
    """Textual's own counts lines when a page is turned, and without room it has none: it would stop there."""

    def action_page_up(self) -> None:
        """Go up one page."""
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """Go down one page."""
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]
