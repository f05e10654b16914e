"""Charts as SVG text: right in a page under its content security policy, and in a PDF.

Every function takes plain numbers and an id that is unique on its page, and returns one `svg` element
whose `title` says all that the picture shows. Colours are presentation attributes, which a page's
stylesheet may override by class; words and outlines take the page's text colour (`currentColor`), so that
they follow forced colours and dark pages.
"""
