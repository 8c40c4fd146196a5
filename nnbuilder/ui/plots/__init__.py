"""The figures of the data page, drawn with Plotly from what `nnbuilder.views` measured."""
