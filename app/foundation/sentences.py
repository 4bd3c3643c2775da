"""A sentence that is said in English now, and can be said in another language where it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping


class Sentence(str):
    """English text that knows how it was made: of a text of the catalogue, and what it tells of.

    For reasons that arise far from a page: a command prints it as it is, a page says it in the
    reader's language. A value may be a sentence itself.
    """

    __slots__ = ("lines", "template", "values")

    template: str
    values: Mapping[str, object]
    #: Of a text of several lines, each of them.
    lines: tuple[str, ...]

    def __new__(cls, template: str, /, **values: object) -> Sentence:
        """Make a sentence of a text with places such as `%(name)s`."""
        made = super().__new__(cls, template % values if values else template)
        made.template, made.values, made.lines = template, values, ()
        return made

    @classmethod
    def of_lines(cls, lines: Iterable[str]) -> Sentence:
        """Return sentences below one another."""
        several = tuple(lines)
        made = super().__new__(cls, "\n".join(several))
        made.template, made.values, made.lines = "", {}, several
        return made


def said(words: str, translate: Callable[[str], str]) -> str:
    """Return a sentence in another language, by what translates its text; other words stay."""
    if not isinstance(words, Sentence):
        return words
    if words.lines:
        return "\n".join(said(line, translate) for line in words.lines)
    values = {
        name: said(value, translate) if isinstance(value, str) else value
        for name, value in words.values.items()
    }
    return translate(words.template) % values if values else translate(words.template)
