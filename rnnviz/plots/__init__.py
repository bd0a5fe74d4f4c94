"""Paints pictures in the window and reports where the user points. Where to look:

the widget        picture_widget, with header, empty_state and canvas (the panels, which scroll)
where things are  ground_plan, layout, grid, frame, strip; ranges is what the user zoomed
one panel         panel_item: surroundings, axis_painter, token_axis, legend, and marks, a file each
words             table_panel, text_panel, text_flow, math_text, typography
the user          pointer, cursor, fields
"""
