"""Names, numbers and frequencies of the notes of equal temperament."""

from __future__ import annotations

SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")


def frequency(midi: float, a4: float = 440.0) -> float:
    """Return the frequency in Hz of a MIDI note number.

    Examples
    --------
    >>> frequency(69), frequency(57)
    (440.0, 220.0)
    """
    return a4 * float(2.0 ** ((midi - 69) / 12))


def note_name(midi: int, spelling: tuple[str, ...] = SHARPS) -> str:
    """Return the name of a MIDI note number; 60 is C4.

    Examples
    --------
    >>> note_name(60), note_name(75), note_name(75, FLATS)
    ('C4', 'D#5', 'Eb5')
    """
    return f"{spelling[midi % 12]}{midi // 12 - 1}"


def midi_number(name: str) -> int:
    """Return the MIDI note number of a name, spelt with sharps.

    Examples
    --------
    >>> midi_number("A4")
    69
    """
    letter = name.rstrip("0123456789")
    return SHARPS.index(letter) + 12 * (int(name[len(letter) :]) + 1)
