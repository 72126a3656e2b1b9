"""The pages: a folder each, whose `page.render` draws it."""
