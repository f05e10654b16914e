import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisation', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Action',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='organisation.unit')),
                ('title', models.CharField(max_length=300)),
                ('status', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed'), ('withdrawn', 'Withdrawn')], default='open', max_length=10)),
                ('measure', models.TextField(blank=True, help_text='How it will be known that it worked.')),
                ('baseline', models.CharField(blank=True, help_text='Where the measure stood at the start.', max_length=300)),
                ('target', models.CharField(blank=True, help_text='Where the measure is to get to.', max_length=300)),
                ('result', models.CharField(blank=True, help_text='Where the measure stands.', max_length=300)),
                ('achieved', models.TextField(blank=True, help_text='What was achieved: asked when it is closed.')),
                ('field_versions', models.JSONField(default=dict, help_text='How often each editable field has changed.')),
                ('created_at', models.DateTimeField()),
                ('raised_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('changed_at', models.DateTimeField(blank=True, help_text='When it, or a task of it, was last changed.', null=True)),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('related', models.ManyToManyField(blank=True, to='actions.action')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['unit', 'status'], name='actions_by_unit_and_status')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), ('status', 'closed')), models.Q(models.Q(('status', 'closed'), _negated=True), ('closed_at', None), ('closed_by', None)), _connector='OR'), name='closed_at_and_by_with_the_status'), models.CheckConstraint(condition=models.Q(('achieved', ''), ('status', 'closed'), _connector='OR'), name='achieved_once_it_is_closed')],
            },
        ),
        migrations.CreateModel(
            name='ActionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='actions.action')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('title', models.CharField(max_length=300)),
                ('status', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed'), ('withdrawn', 'Withdrawn')], default='open', max_length=10)),
                ('measure', models.TextField(blank=True, help_text='How it will be known that it worked.')),
                ('baseline', models.CharField(blank=True, help_text='Where the measure stood at the start.', max_length=300)),
                ('target', models.CharField(blank=True, help_text='Where the measure is to get to.', max_length=300)),
                ('result', models.CharField(blank=True, help_text='Where the measure stands.', max_length=300)),
                ('achieved', models.TextField(blank=True, help_text='What was achieved: asked when it is closed.')),
                ('field_versions', models.JSONField(default=dict, help_text='How often each editable field has changed.')),
                ('changed_at', models.DateTimeField(blank=True, help_text='When it, or a task of it, was last changed.', null=True)),
                ('changed_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['pgh_obj', '-pgh_id'], name='action_event_by_action')],
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='actions.action')),
                ('number', models.PositiveSmallIntegerField()),
                ('title', models.CharField(blank=True, help_text='Blank where it is all there is to the action.', max_length=300)),
                ('lead', models.CharField(blank=True, help_text='Who leads it: one post, or several.', max_length=200)),
                ('supporters', models.CharField(blank=True, max_length=300)),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('ongoing', models.BooleanField(default=False)),
                ('due_words', models.CharField(blank=True, help_text='Such as “Autumn 2019”, where there is no day.', max_length=100)),
                ('measure', models.TextField(blank=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('field_versions', models.JSONField(default=dict, help_text='How often each editable field has changed.')),
            ],
            options={
                'ordering': ['number'],
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['due_on'], name='tasks_waiting_by_due_day')],
                'constraints': [models.UniqueConstraint(fields=('action', 'number'), name='one_task_per_number'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='tasks_count_from_one'), models.CheckConstraint(condition=models.Q(models.Q(('due_on', None), ('ongoing', False)), models.Q(('due_on', None), ('due_words', '')), models.Q(('due_words', ''), ('ongoing', False)), _connector='OR'), name='due_on_a_day_or_always_or_in_words'), models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('done_by', None)), models.Q(('done_at__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='done_at_and_by_together')],
            },
        ),
        migrations.CreateModel(
            name='TaskEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='actions.task')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('action', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='actions.action')),
                ('number', models.PositiveSmallIntegerField()),
                ('title', models.CharField(blank=True, help_text='Blank where it is all there is to the action.', max_length=300)),
                ('lead', models.CharField(blank=True, help_text='Who leads it: one post, or several.', max_length=200)),
                ('supporters', models.CharField(blank=True, max_length=300)),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('ongoing', models.BooleanField(default=False)),
                ('due_words', models.CharField(blank=True, help_text='Such as “Autumn 2019”, where there is no day.', max_length=100)),
                ('measure', models.TextField(blank=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('field_versions', models.JSONField(default=dict, help_text='How often each editable field has changed.')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['action', '-pgh_id'], name='task_event_by_action')],
            },
        ),
        migrations.CreateModel(
            name='ProgressNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='actions.action')),
                ('kind', models.CharField(choices=[('progress', 'Progress'), ('closed', 'Closed'), ('reopened', 'Reopened'), ('withdrawn', 'Withdrawn')], default='progress', max_length=10)),
                ('text', models.TextField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='a_note_says_something')],
            },
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, unique=True)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='PlanItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='actions.plan')),
                ('action', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plan_items', to='actions.action')),
                ('number', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('plan', 'number'), name='one_action_per_number_of_a_plan'), models.UniqueConstraint(fields=('plan', 'action'), name='an_action_once_per_plan'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='plans_count_from_one')],
            },
        ),
        migrations.AddField(
            model_name='plan',
            name='actions',
            field=models.ManyToManyField(related_name='plans', through='actions.PlanItem', to='actions.action'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='action',
            trigger=pgtrigger.compiler.Trigger(name='overwritten_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."achieved" IS DISTINCT FROM (NEW."achieved") OR OLD."baseline" IS DISTINCT FROM (NEW."baseline") OR OLD."measure" IS DISTINCT FROM (NEW."measure") OR OLD."result" IS DISTINCT FROM (NEW."result") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."target" IS DISTINCT FROM (NEW."target") OR OLD."title" IS DISTINCT FROM (NEW."title"))', func='INSERT INTO "actions_actionevent" ("achieved", "baseline", "changed_at", "changed_by_id", "field_versions", "measure", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "result", "status", "target", "title") VALUES (OLD."achieved", OLD."baseline", OLD."changed_at", OLD."changed_by_id", OLD."field_versions", OLD."measure", _pgh_attach_context(), NOW(), \'overwritten\', OLD."id", OLD."result", OLD."status", OLD."target", OLD."title"); RETURN NULL;', hash='978cb0d97ab6d320a58dfaa7882abaec95e9b88f', operation='UPDATE', pgid='pgtrigger_overwritten_update_ee3a4', table='actions_action', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='action',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "actions_actionevent" ("achieved", "baseline", "changed_at", "changed_by_id", "field_versions", "measure", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "result", "status", "target", "title") VALUES (OLD."achieved", OLD."baseline", OLD."changed_at", OLD."changed_by_id", OLD."field_versions", OLD."measure", _pgh_attach_context(), NOW(), \'removed\', OLD."id", OLD."result", OLD."status", OLD."target", OLD."title"); RETURN NULL;', hash='f17ed6a04ec42ee6ac5da3c2967e19b88956f3c3', operation='DELETE', pgid='pgtrigger_removed_delete_3d685', table='actions_action', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='actionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ed42851504eb314c53026d1cf90e833a779f6672', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_21079', table='actions_actionevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='task',
            trigger=pgtrigger.compiler.Trigger(name='overwritten_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."done_at" IS DISTINCT FROM (NEW."done_at") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."due_words" IS DISTINCT FROM (NEW."due_words") OR OLD."lead" IS DISTINCT FROM (NEW."lead") OR OLD."measure" IS DISTINCT FROM (NEW."measure") OR OLD."ongoing" IS DISTINCT FROM (NEW."ongoing") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."supporters" IS DISTINCT FROM (NEW."supporters") OR OLD."title" IS DISTINCT FROM (NEW."title"))', func='INSERT INTO "actions_taskevent" ("action_id", "done_at", "due_on", "due_words", "field_versions", "lead", "measure", "number", "ongoing", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "supporters", "title") VALUES (OLD."action_id", OLD."done_at", OLD."due_on", OLD."due_words", OLD."field_versions", OLD."lead", OLD."measure", OLD."number", OLD."ongoing", _pgh_attach_context(), NOW(), \'overwritten\', OLD."id", OLD."starts_on", OLD."supporters", OLD."title"); RETURN NULL;', hash='38f8b00033cd0f6dd2d2c8450896e1e4cdd4d824', operation='UPDATE', pgid='pgtrigger_overwritten_update_197c3', table='actions_task', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='task',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "actions_taskevent" ("action_id", "done_at", "due_on", "due_words", "field_versions", "lead", "measure", "number", "ongoing", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "supporters", "title") VALUES (OLD."action_id", OLD."done_at", OLD."due_on", OLD."due_words", OLD."field_versions", OLD."lead", OLD."measure", OLD."number", OLD."ongoing", _pgh_attach_context(), NOW(), \'removed\', OLD."id", OLD."starts_on", OLD."supporters", OLD."title"); RETURN NULL;', hash='e7d2a0d5c16b347cf6dcb53301577cdd9b27d6e1', operation='DELETE', pgid='pgtrigger_removed_delete_93695', table='actions_task', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='taskevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ced9ea6776099ff12a32f13de90af772e2de1a07', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2b8a5', table='actions_taskevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='progressnote',
            trigger=pgtrigger.compiler.Trigger(name='notes_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='cb9c961078e90d0d23f2b407dde31203821642ea', operation='UPDATE OR DELETE', pgid='pgtrigger_notes_stay_b5d36', table='actions_progressnote', when='BEFORE')),
        ),
    ]
