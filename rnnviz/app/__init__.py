"""The window. Where to look:

the whole          main, window, wiring, menus
around the views   run_bar, probe_bar, timeline, experiment with its config_form, banner, welcome
the views          workspace (docks), view_host (one view), stage (what they see), hub (who points)
the run            run_control (begins and ends), run_model (what is known of it), time_travel
several runs       runs, run_browser, compare_window, series
what is written    exporting, long_export
"""
