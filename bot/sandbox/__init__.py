"""Operator-named commands, run over a checkout that can reach nothing and harm nothing."""
