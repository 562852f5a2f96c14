import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("dlib", reason="pip install 'accessctl[face]'")
image = pytest.importorskip("PIL.Image")
draw = pytest.importorskip("PIL.ImageDraw")
ROOT = Path(__file__).parents[2]


def bench(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tests.bench.faces", "--processes", "1", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def drawing(path: Path) -> None:
    """Draw something that is nobody's face."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = image.new("RGB", (320, 240), (200, 200, 190))
    draw.Draw(picture).rectangle((40, 50, 120, 160), fill=(30, 60, 90))
    picture.save(path)


def test_pictures_without_faces_are_said_to_have_none(tmp_path: Path) -> None:
    """Each part says what it lacks, and the status that nothing was measured."""
    for place in ("people/ana", "webcam/bonafide/ana/1", "webcam/print/ana/1"):
        drawing(tmp_path / place / "1.jpg")
    done = bench(tmp_path)
    assert done.returncode == 1
    assert "people/: no face was found in any of 1 pictures" in done.stdout
    assert "webcam/: no face was found in any of 2 pictures" in done.stdout
    assert "NOTHING was measured" in done.stdout


def test_parts_that_are_not_there_are_named(tmp_path: Path) -> None:
    """An empty part is told from one that is missing."""
    (tmp_path / "people").mkdir()
    done = bench(tmp_path)
    assert done.returncode == 1
    assert "people/ has no pictures" in done.stdout
    assert "webcam/ is not there" in done.stdout


def test_a_wrong_folder_is_refused(tmp_path: Path) -> None:
    """One without pictures, and one without models: it is named, and the status is that of a usage error."""
    done = bench(tmp_path / "none")
    assert done.returncode == 2
    assert f"{tmp_path / 'none'} has neither people/ nor webcam/" in done.stderr
    (tmp_path / "webcam").mkdir()
    done = bench(tmp_path, "--models", tmp_path / "webcam")
    assert done.returncode == 2
    assert "has none of the models" in done.stderr


@pytest.mark.parametrize(
    ("words", "run"),
    [
        ((), "-m tests.bench"),
        (("FACES=/my pictures",), "-m tests.bench.faces '/my pictures'"),
        (
            ("FACES=/my pictures", "FACE_MODELS=/my models"),
            "-m tests.bench.faces '/my pictures' --models '/my models'",
        ),
    ],
)
def test_make_hands_the_folders_on(words: tuple[str, ...], run: str) -> None:
    """Also those with a space in their names."""
    command = ["make", "--dry-run", "--no-print-directory", "bench", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    [line] = [line for line in done.stdout.splitlines() if "tests.bench" in line]
    assert line.rstrip().endswith(run)
