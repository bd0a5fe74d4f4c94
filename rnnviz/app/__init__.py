"""The window: docks, form, run controls, selection, layouts, themes."""
