"""Addresses of actions."""

from django.urls import path

from actions.views import acts, editing, history, listing, reading, tasks

app_name = "actions"

urlpatterns = [
    path("", listing.actions, name="actions"),
    path("new/", editing.new, name="new"),
    path("<int:pk>/", reading.action, name="action"),
    path("<int:pk>/history/", history.history, name="history"),
    path("<int:pk>/edit/", editing.edit, name="edit"),
    path("<int:pk>/related/", editing.related, name="related"),
    path("<int:pk>/close/", acts.close, name="close"),
    path("<int:pk>/reopen/", acts.reopen, name="reopen"),
    path("<int:pk>/withdraw/", acts.withdraw, name="withdraw"),
    path("<int:pk>/note/", acts.note, name="note"),
    path("<int:pk>/tasks/new/", tasks.new_task, name="new_task"),
    path("<int:pk>/tasks/<int:task>/", tasks.task, name="task"),
    path("<int:pk>/tasks/<int:task>/done/", tasks.done, name="done"),
    path("<int:pk>/tasks/<int:task>/remove/", tasks.remove, name="remove_task"),
]
