"""A small FastAPI service: the reference for what the chart expects of an agent (docs/agent.md)."""

__version__ = "1.0.0"
