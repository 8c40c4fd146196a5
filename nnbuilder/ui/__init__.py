"""The page: state, actions, widgets made from fields, and the components that draw."""
