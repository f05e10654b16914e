from actions.models.action import Action, ActionStatus, Task

__all__ = ["Action", "ActionStatus", "Task"]
