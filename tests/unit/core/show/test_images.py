"""Charts as pictures: in the screen's colours, in French, with every sign drawn, and without asking any network."""

import io
import subprocess
import sys
import tomllib
from datetime import date

import altair as alt
import pandas as pd
import pytest
from PIL import Image

from core.base.i18n import speaking
from core.base.settings import ROOT
from core.show import images
from core.show.charts import Drawing, day_axis

NOTES = ["Période\u202f: 1 août 2026 – 31 oct. 2026", "Données du 2 nov. 2026, 08:00"]


def bars(names: list[str], colour: str = "blue") -> Drawing:
    frame = pd.DataFrame({"name": names, "n": range(1, len(names) + 1)})
    base = alt.Chart(alt.NamedData("drawn")).mark_bar()
    chart = base.encode(x="n:Q", y=alt.Y("name:N", axis=alt.Axis(labelLimit=60)), color=alt.value(colour))
    return Drawing(chart.properties(height=alt.Step(20)).to_dict(), frame)


def drawn(drawing: Drawing, title: str = "Titre") -> Image.Image:
    with speaking("fr"):
        return Image.open(io.BytesIO(images.png(drawing, title=title, notes=NOTES))).convert("RGB")


def pixels(picture: Image.Image, colour: tuple[int, int, int]) -> int:
    return {one: count for count, one in picture.getcolors(maxcolors=10_000_000) or []}.get(colour, 0)


@pytest.mark.parametrize(
    ("name", "colour"), [("blue", (31, 95, 168)), ("red", (179, 38, 30)), ("#112233", (17, 34, 51))]
)
def test_colours_by_name_are_those_of_the_screens_theme(name: str, colour: tuple[int, int, int]) -> None:
    assert pixels(drawn(bars(["a", "b"], name)), colour) > 5_000


def test_the_range_of_colours_is_the_themes() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]["light"]
    assert list(images.CATEGORIES) == theme["chartCategoricalColors"]
    assert {name: theme[f"{name}Color"] for name in ("red", "orange", "gray", "blue", "green")} == images.COLOURS


def test_every_picture_is_as_wide_however_long_its_names() -> None:
    short, long = drawn(bars(["a", "b"])), drawn(bars(["Direction des opérations et de la relation clients", "b"]))
    assert short.width == long.width == round((images.WIDTH) * images.SCALE)


def test_a_legend_takes_as_few_columns_as_its_names_need() -> None:
    def legend(names: list[str]) -> int:
        chart = alt.Chart(alt.NamedData("drawn")).mark_bar()
        spec = chart.encode(color=alt.Color("name:N", legend=alt.Legend(columns=4))).to_dict()
        fitted = images._fitted(spec, [{"name": name} for name in names])
        return int(fitted["encoding"]["color"]["legend"]["columns"])

    assert legend(["Santé", "Actuariat"]) == 4
    assert legend(["Santé", "Comptabilité des délégataires de gestion"]) == 2
    assert legend(["Santé", "Réseau d’agents généraux du Grand-Est, de la Bourgogne et du Jura"]) == 1


def test_a_long_title_takes_more_lines() -> None:
    one, two = drawn(bars(["a"])), drawn(bars(["a"]), title="Réclamations et délégations de gestion " * 4)
    assert two.height > one.height + 20


@pytest.mark.parametrize("sign", list("éèàçœÉ’→≤⚑\u202f–·ŒÀ"))
def test_the_fonts_that_vigie_carries_have_every_sign(sign: str) -> None:
    from reportlab.pdfbase.ttfonts import TTFontFile

    for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"):
        assert ord(sign) in TTFontFile(str(ROOT / "core" / "show" / "fonts" / name)).charToGlyph


def test_nothing_is_fetched() -> None:
    spec = {"data": {"url": "https://example.com/a.json"}, "mark": "bar", "encoding": {}, "datasets": {}}
    with pytest.raises(ValueError, match="External data url not allowed"):
        images.png(Drawing(spec, pd.DataFrame()), title="", notes=[])


def test_a_picture_is_drawn_where_there_is_no_network() -> None:
    """A process that may open no socket: drawing asks for none."""
    code = (
        "import sys\n"
        "sys.addaudithook(lambda name, given: name.startswith('socket.') and sys.exit(3))\n"
        "import altair as alt, pandas as pd\n"
        "from core.show import images\n"
        "from core.show.charts import Drawing\n"
        "spec = alt.Chart(alt.NamedData('drawn')).mark_bar().encode(x='n:Q').to_dict()\n"
        "made = images.png(Drawing(spec, pd.DataFrame({'n': [1]})), title='t', notes=[])\n"
        "sys.exit(0 if made.startswith(bytes.fromhex('89504e470d0a1a0a')) else 4)\n"
    )
    unshared = ["unshare", "--net", "--map-root-user"] if _may_unshare() else []
    done = subprocess.run([*unshared, sys.executable, "-c", code], cwd=ROOT, check=False, timeout=120)
    assert done.returncode == 0


def _may_unshare() -> bool:
    try:
        tried = subprocess.run(["unshare", "--net", "--map-root-user", "true"], capture_output=True, check=False)
    except OSError:
        return False
    return tried.returncode == 0


@pytest.mark.parametrize(("language", "week"), [("fr", "%-d %b"), ("en", "%b %-d")])
def test_days_below_a_chart_are_said_in_the_language(language: str, week: str) -> None:
    with speaking(language):
        assert day_axis("day").to_dict()["axis"]["format"]["week"] == week


def test_moments_and_missing_values_are_drawn() -> None:
    frame = pd.DataFrame(
        {"day": pd.to_datetime([date(2026, 8, 1), None, date(2026, 8, 9)], utc=True), "n": [1.0, 2.0, None]}
    )
    with speaking("fr"):
        chart = alt.Chart(alt.NamedData("drawn")).mark_point(color="#ff0000", filled=True, opacity=1, size=400)
        spec = chart.encode(x=day_axis("day"), y="n:Q").to_dict()
    assert images._rows(frame) == [
        {"day": 1785542400000.0, "n": 1.0},
        {"day": None, "n": 2.0},
        {"day": 1786233600000.0, "n": None},
    ]
    assert pixels(drawn(Drawing(spec, frame)), (255, 0, 0)) > 300
