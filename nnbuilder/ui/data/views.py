"""Views of an opened table: one column, two columns, correlations, outliers, and images where there are any."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import streamlit as st

from nnbuilder.errors import NNBuilderError
from nnbuilder.fields import plain
from nnbuilder.tables.library import NUMERIC, Opened
from nnbuilder.ui.plots import figures, images, table_figures, words
from nnbuilder.ui.plots.pair_figures import Coloring, pair_figure
from nnbuilder.ui.plots.style import View, readable
from nnbuilder.ui.plots.text import number, unformatted
from nnbuilder.ui.state import Desk
from nnbuilder.ui.widgets import sentence

LOOK_WITHIN = 120.0
MOST_KEPT = 300
"""Views whose data the server keeps, so that a rerun asks nothing."""
STRIPS = 14
"""Columns whose outliers are drawn; all are listed."""
CONFIG = {"displaylogo": False, "displayModeBar": False}
KIND = "views-kind"
LABELS = {
    "column": "One column",
    "pair": "Two columns",
    "correlation": "Correlation",
    "outliers": "Outliers",
    "images": "Images",
}


def show(desk: Desk, opened: Opened) -> None:
    """The views of the project's table, beginning with what tells most about the target."""
    if any(column["type"] in NUMERIC for column in opened.columns):
        _views(desk, opened)
    else:
        sentence(
            "No column holds numbers, dates or categories, so there is nothing to draw; choose other types.", "note"
        )


@st.fragment
def _views(desk: Desk, opened: Opened) -> None:
    """Only this part of the page runs again when a view is changed."""
    try:
        _Views(desk, opened).show()
    except NNBuilderError as error:
        sentence(str(error), "error")


class _Views:
    """One run of the views: the widgets that choose what is drawn, and the figures.

    Widgets are named after the way the table was read, so that another table begins anew.
    """

    def __init__(self, desk: Desk, opened: Opened) -> None:
        self.engine, self.folder = desk.backend.engine, opened.folder.name
        source = desk.project.data.source
        # What the network gets of the table does not matter to its views.
        self.source = json.dumps({**source.to_json(), "columns": [], "split_by": ""}, sort_keys=True)
        self.kinds = {column["name"]: column["type"] for column in opened.columns if column["type"] in NUMERIC}
        self.target = source["target"] if source["target"] in self.kinds else ""
        self.dark = st.context.theme.type == "dark"
        self.overview = self.ask(kind="overview")
        ranked = [item["name"] for item in self.overview["ranking"]]
        features = [*ranked, *(name for name in self.kinds if name not in ranked and name != self.target)]
        self.options = [*features, self.target] if self.target else features

    def key(self, name: str) -> str:
        """The name of a widget of this table."""
        return f"views-{self.folder}-{name}"

    def ask(self, **view: Any) -> View:
        """The data of a view, measured by a process of its own or kept from before."""
        with st.skeleton(height=400):
            return _ask(self.engine, self.source, json.dumps(view, sort_keys=True))

    def show(self) -> None:
        """The view that was chosen."""
        kinds = [kind for kind in LABELS if kind != "images" or self.overview["images"]]
        # The kind of view stays when another table is opened, unless that one has no images.
        if st.session_state.get(KIND) not in kinds:
            st.session_state.pop(KIND, None)
        chosen = st.segmented_control(
            "View",
            kinds,
            default=kinds[0],
            format_func=LABELS.__getitem__,
            key=KIND,
            required=True,
            label_visibility="collapsed",
            persist_state="page",
        )
        views = {
            "column": self.column,
            "pair": self.pair,
            "correlation": self.correlation,
            "outliers": self.outliers,
            "images": self.images,
        }
        views[chosen or kinds[0]]()

    def pick(self, label: str, name: str, options: list[str], first: str, width: Any = "stretch") -> str:
        """A picker of a column; the target is said to be it."""
        chosen = st.selectbox(
            label,
            options,
            index=options.index(first),
            key=self.key(name),
            format_func=lambda option: f"{option} (target)" if option == self.target else option,
            persist_state="page",
            width=width,
        )
        return chosen or first

    def draw(self, figure: Any, name: str, alt: str, **settings: Any) -> None:
        """A figure on the page."""
        readable(figure, self.dark)
        st.plotly_chart(figure, width="stretch", config=CONFIG, key=self.key(f"figure-{name}"), alt=alt, **settings)

    # One column

    def column(self) -> None:
        """A histogram or the rows of each category, beside the balance of the target."""
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            name = self.pick("Column", "column", self.options, self.options[0], width=360)
            view = self.ask(kind="column", name=name)
            per_class = self._per_class(view)
            if view["kind"] == "histogram" and view["outliers"] and self._cut(view):
                view = self.ask(kind="column", name=name, without_outliers=True)
        if view["kind"] == "empty":
            sentence("Every cell of this column is empty; choose another one.", "note")
        elif self.target and name != self.target:
            left, right = st.columns([2.1, 1], gap="medium")
            with left:
                self._one(view, per_class)
            with right:
                self._balance()
        else:
            self._one(view, per_class)

    def _per_class(self, view: View) -> bool:
        """The switch between rows and shares, where there are classes."""
        if view["kind"] == "empty" or view["is_target"] or all(group["name"] is None for group in view["groups"]):
            return False
        help_text = "Draw how each class is spread, whatever its number of rows."
        return st.toggle("Per class", key=self.key("per"), help=help_text, persist_state="page")

    def _cut(self, view: View) -> bool:
        count = view["outliers"]
        words = f"Without {number(count, 9)} outlier{'s' if count > 1 else ''}"
        help_text = "Cut off what lies beyond the fences of the box plot."
        return st.toggle(words, key=self.key(f"cut-{view['name']}"), help=help_text)

    def _one(self, view: View, per_class: bool) -> None:
        draw = figures.histogram if view["kind"] == "histogram" else figures.bars
        self.draw(draw(view, self.target, per_class), "column", f"How the values of {view['name']} are spread.")
        st.caption(words.about_column(view))

    def _balance(self) -> None:
        """How the target is spread."""
        view = self.overview["target"]
        if view["kind"] == "empty":
            return
        st.markdown(f"**{unformatted(self.target)}**")
        if view["kind"] == "histogram":
            figure = figures.histogram(view, self.target, False, height=300)
        else:
            figure = figures.bars(view, self.target, room=2.2, longest=16)
        self.draw(figure, "balance", f"How the target {self.target} is spread.")
        if view["missing"]:
            st.caption(f"{plain(view['missing'])} rows lack the target and are not learned from.")

    # Two columns

    def pair(self) -> None:
        """Two columns as points, strips or a map of counts."""
        if len(self.options) < 2:
            sentence("There is only one column to draw; two are needed.", "note")
            return
        # A number is predicted: how it follows from the best feature; classes: the two features that tell most.
        second = self.target if self.overview["learned"] == "regression" else self.options[1]
        across, up = st.columns(2)
        with across:
            x = self.pick("Across", "x", self.options, self.options[0])
        with up:
            others = [name for name in self.options if name != x]
            y = self.pick("Up", "y", others, second if second in others else others[0])
        view = self.ask(kind="pair", x=x, y=y)
        if view["kind"] == "empty":
            sentence("No row has a value in both columns; choose another pair.", "note")
            return
        self.draw(pair_figure(view, Coloring(self.target, self.kinds, self.dark)), "pair", f"{y} over {x}.")
        st.caption(words.about_pair(view))

    # All columns

    def correlation(self) -> None:
        """Pearson's r of every two columns, beside what each tells about the target."""
        view, ranked = self.ask(kind="correlation"), self.overview["ranking"]
        left, right = st.columns([2.1, 1], gap="medium") if ranked else (st.container(), None)
        with left:
            if len(view["lines"]) < 2:
                sentence("A correlation needs two columns of numbers that are not constant; there are fewer.", "note")
            else:
                figure = table_figures.correlations(view, self.dark)
                alt = "How strongly every two columns are correlated."
                self.draw(figure, "correlation", alt, on_select=self._open_pair, selection_mode="points")
                st.caption(words.about_correlations(view))
        if right is not None:
            with right:
                st.markdown(f"**What tells about {unformatted(self.target)}**")
                alt = f"What each column tells about {self.target}."
                self.draw(table_figures.ranking(ranked), "ranking", alt)
                st.caption(words.about_ranking(self.overview["learned"], len(ranked)))

    def outliers(self) -> None:
        """Box plots of all columns on one scale, and a list of what lies far out."""
        view = self.ask(kind="outliers")
        if not view["checked"]:
            sentence("There is no column of numbers or dates in which values could lie far out.", "note")
            return
        listed = [item for item in view["columns"] if item["count"]]
        if not listed:
            st.markdown("No column has an outlier.")
        shown = (listed or view["columns"])[:STRIPS]
        figure, alt = table_figures.outlier_strips(shown), "The outliers of each column."
        self.draw(figure, "outliers", alt, on_select=self._open_column, selection_mode="points")
        if listed:
            config = st.column_config
            st.dataframe(
                pd.DataFrame(words.outlier_lines(listed)),
                hide_index=True,
                height=min(390, 38 + 35 * len(listed)),
                key=self.key("outlier-list"),
                column_config={
                    **{name: config.NumberColumn(width=80) for name in ("Outliers", "Below", "Above")},
                    "Share": config.NumberColumn(format="percent", width=80),
                    "Farthest rows": config.TextColumn(help="Row 1 is the first row of data."),
                },
            )
        st.caption(words.about_outliers(view, len(shown)))

    def images(self) -> None:
        """The first pictures of each class."""
        view = self.ask(kind="images")
        st.html(images.grid(view, self.dark))
        st.caption(words.about_images(view))

    # Clicks that lead from one view to another

    def _open_pair(self) -> None:
        """Show the two columns of the cell that was clicked."""
        clicked = self._clicked("correlation")
        if len(clicked) == 2 and clicked[0] != clicked[1]:
            self._go("pair", x=clicked[0], y=clicked[1])
        elif clicked:
            self._go("column", column=clicked[0])

    def _open_column(self) -> None:
        """Show the column whose outlier was clicked."""
        clicked = self._clicked("outliers")
        if clicked:
            self._go("column", column=clicked[0])

    def _clicked(self, figure: str) -> list[str]:
        """The columns that a clicked point carries."""
        found = st.session_state[self.key(f"figure-{figure}")]["selection"]["points"]
        carried = found[0].get("customdata") if found else None
        names = carried.values() if isinstance(carried, dict) else carried or []
        return [name for name in names if name in self.options]

    def _go(self, kind: str, **chosen: str) -> None:
        st.session_state[KIND] = kind
        for name, column in chosen.items():
            st.session_state[self.key(name)] = column


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _ask(_engine: Any, source: str, view: str) -> View:
    """The data of a view; the digest and the way of reading are in `source`, so the answer never changes."""
    question = {"kind": "table_view", "source": json.loads(source), "view": json.loads(view)}
    return _engine.ask(question, LOOK_WITHIN)["view"]
