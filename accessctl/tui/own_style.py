"""What a part of a widget looks like by its own rules, to be laid over what is there already."""

from rich.style import Style
from textual.widget import Widget


def own_style(widget: Widget, part: str) -> Style:
    """Give what the rules of this component say, and nothing of the widget's own background.

    A colour that is seen through, such as ``$text-muted``, is mixed with what is behind it: on its own it
    would be drawn in full, and what should be quiet would be the loudest.
    """
    own = widget.get_component_rich_style(part, partial=True)
    if own.color is None:
        return own
    return own + Style(color=widget.get_component_rich_style(part).color)
