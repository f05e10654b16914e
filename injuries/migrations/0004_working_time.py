import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('injuries', '0003_reporting_change_limits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WorkingTimeTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, help_text='Of the form: the same one counts once.')),
                ('share', models.DecimalField(decimal_places=1, help_text='In per cent.', max_digits=4)),
                ('from_on', models.DateField()),
                ('endorsed_by', models.CharField(help_text='A body or a post.', max_length=200)),
                ('note', models.TextField(blank=True)),
                ('entered_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(help_text='When another took its place.', null=True)),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('staff_group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='injuries.staffgroup')),
                ('supersedes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='injuries.workingtimetarget')),
            ],
            options={
                'ordering': ['staff_group', 'from_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='WorkingTimeReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, help_text='Of the form: the same one counts once.')),
                ('day', models.DateField(help_text='The last of the reference period.')),
                ('in_scope', models.PositiveIntegerField()),
                ('opted_out', models.PositiveIntegerField(help_text='Over the limit, having opted out of it.')),
                ('not_opted_out', models.PositiveIntegerField(help_text='Over the limit without having opted out.')),
                ('weeks', models.PositiveSmallIntegerField(help_text='Over which weekly hours are averaged.')),
                ('hours', models.PositiveSmallIntegerField(help_text='The weekly limit.')),
                ('note', models.TextField(blank=True)),
                ('because', models.TextField(blank=True, help_text='Why the earlier one was corrected.')),
                ('recorded_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('withdrawn_because', models.TextField(blank=True, help_text='Blank for one that was corrected.')),
                ('corrects', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='injuries.workingtimereading')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('staff_group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='injuries.staffgroup')),
            ],
            options={
                'ordering': ['staff_group', 'day', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('recorded_by', 'token'), name='working_time_form_counts_once'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('staff_group', 'day'), name='one_standing_working_time_per_group_and_day'), models.CheckConstraint(condition=models.Q(('in_scope__gte', django.db.models.expressions.CombinedExpression(models.F('opted_out'), '+', models.F('not_opted_out')))), name='working_time_over_the_limit_are_in_scope'), models.CheckConstraint(condition=models.Q(('in_scope__gte', 1)), name='working_time_of_somebody'), models.CheckConstraint(condition=models.Q(('weeks__range', (17, 52))), name='working_time_over_known_weeks'), models.CheckConstraint(condition=models.Q(('hours__range', (1, 168))), name='working_time_hours_of_a_week'), models.CheckConstraint(condition=models.Q(models.Q(('because', ''), ('corrects', None)), models.Q(('corrects__isnull', False), models.Q(('because', ''), _negated=True)), _connector='OR'), name='working_time_corrected_with_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None), ('withdrawn_because', '')), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='working_time_ended_by_somebody')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workingtimereading',
            trigger=pgtrigger.compiler.Trigger(name='working_time_is_not_edited', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "token", "staff_group_id", "day", "in_scope", "opted_out", "not_opted_out", "weeks", "hours", "note", "corrects_id", "because", "recorded_at", "recorded_by_id" or delete rows from % table\', TG_TABLE_NAME;', hash='f579fae6075341822216094204cd84b1cf3753ef', operation='UPDATE OF "token", "staff_group_id", "day", "in_scope", "opted_out", "not_opted_out", "weeks", "hours", "note", "corrects_id", "because", "recorded_at", "recorded_by_id" OR DELETE', pgid='pgtrigger_working_time_is_not_edited_ab7ce', table='injuries_workingtimereading', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workingtimereading',
            trigger=pgtrigger.compiler.Trigger(name='working_time_ends_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."ended_at" IS NOT NULL)', func='RAISE EXCEPTION \'pgtrigger: Cannot update of "ended_at", "ended_by_id", "withdrawn_because" rows from % table\', TG_TABLE_NAME;', hash='bdd2fa6f6956f0a71bc883c358c4a3bde31dd501', operation='UPDATE OF "ended_at", "ended_by_id", "withdrawn_because"', pgid='pgtrigger_working_time_ends_once_ac9de', table='injuries_workingtimereading', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='workingtimetarget',
            constraint=models.UniqueConstraint(fields=('entered_by', 'token'), name='working_time_target_form_counts_once'),
        ),
        migrations.AddConstraint(
            model_name='workingtimetarget',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('staff_group', 'from_on'), name='one_standing_working_time_target_per_group_and_day'),
        ),
        migrations.AddConstraint(
            model_name='workingtimetarget',
            constraint=models.CheckConstraint(condition=models.Q(('share__gt', 0), ('share__lte', 100)), name='working_time_target_is_a_share_of_a_hundred'),
        ),
        migrations.AddConstraint(
            model_name='workingtimetarget',
            constraint=models.CheckConstraint(condition=models.Q(('endorsed_by', ''), _negated=True), name='working_time_target_endorsed_by_somebody'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workingtimetarget',
            trigger=pgtrigger.compiler.Trigger(name='working_time_targets_are_not_edited', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "token", "staff_group_id", "share", "from_on", "endorsed_by", "note", "supersedes_id", "entered_at", "entered_by_id" or delete rows from % table\', TG_TABLE_NAME;', hash='a40de4ce0768e4717ff78b943c42ea72c232964f', operation='UPDATE OF "token", "staff_group_id", "share", "from_on", "endorsed_by", "note", "supersedes_id", "entered_at", "entered_by_id" OR DELETE', pgid='pgtrigger_working_time_targets_are_not_edited_15669', table='injuries_workingtimetarget', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workingtimetarget',
            trigger=pgtrigger.compiler.Trigger(name='working_time_targets_end_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."ended_at" IS NOT NULL)', func='RAISE EXCEPTION \'pgtrigger: Cannot update of "ended_at" rows from % table\', TG_TABLE_NAME;', hash='3b73d7d0f3c24c2fb95dae21db56a1312a899dc6', operation='UPDATE OF "ended_at"', pgid='pgtrigger_working_time_targets_end_once_3cf8b', table='injuries_workingtimetarget', when='BEFORE')),
        ),
    ]
