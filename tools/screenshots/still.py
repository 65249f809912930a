"""When a page stands still, so that its picture is the same every time."""

# Nothing turns, loads or fades any more; images below the fold load later.
STILL = """
    ![...document.images].some(
        i => !i.complete && i.checkVisibility()
            && i.getBoundingClientRect().top < innerHeight
    )
    && !document.querySelector(
        '.o_loading_indicator, .o_blockUI, .o_view_sample_data_loading, .fa-spin'
    )
    && ![...document.querySelectorAll('.spinner-border')].some(
        i => i.checkVisibility()
    )
    && document.fonts.status == 'loaded'
"""
# What belongs to the browser or to the moment, not to the screen.
CALM = """
    document.activeElement && document.activeElement.blur();
    const style = document.createElement('style');
    style.textContent = '*{caret-color:transparent!important;transition:none!important;'
        + 'animation:none!important}';
    document.head.append(style);
    0
"""
