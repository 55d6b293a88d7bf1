"""Says what the tests run on."""

import flipshift


def pytest_report_header(config):
    c = flipshift.show_config("dicts")
    return (
        f"flipshift {c['version']}, backend {c['backend']}, instruction set {c['isa'] or '-'} "
        f"(processor: {c['processor isa'] or '-'}), numpy {c['numpy']}"
    )
