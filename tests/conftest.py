"""Says what the tests run on."""

from hypothesis import settings

import flipshift

# No limit on the time of one example: a loaded machine is no defect.
settings.register_profile("flipshift", deadline=None)
settings.load_profile("flipshift")


def pytest_report_header(config):
    c = flipshift.show_config("dicts")
    return (
        f"flipshift {c['version']}, backend {c['backend']}, instruction set {c['isa'] or '-'} "
        f"(processor: {c['processor isa'] or '-'}), numpy {c['numpy']}"
    )
