import django.db.models.constraints
import django.db.models.deletion
import organisation.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('actions', '0001_initial'),
        ('assurance', '0002_rollups'),
        ('maturity', '0001_initial'),
        ('organisation', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('pghistory', '0007_auto_20250421_0444'),
        ('records', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Audit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(help_text='What people call it, such as A-2026-014.', max_length=20, unique=True)),
                ('kind', models.CharField(choices=[('shrmt', 'Safety and Health Risk Management Team (SHRMT)'), ('external', 'Independent external')], max_length=10)),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audits', to='organisation.unit')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audits', to='organisation.businessgroup')),
                ('edition', models.ForeignKey(help_text='Whose themes it tests.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='maturity.edition')),
                ('revision', models.ForeignKey(blank=True, help_text='What it validates.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audits', to='assurance.revision')),
                ('claimed_in', models.ForeignKey(blank=True, help_text='What it validates, where it is of a group.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audits', to='assurance.issuedrollup')),
                ('repeat_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='repeats', to='assurance.audit')),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('fieldwork', 'Fieldwork'), ('draft', 'Draft report'), ('response', 'With the unit for factual accuracy'), ('issued', 'Issued'), ('closed', 'Closed'), ('withdrawn', 'Withdrawn')], default='planned', max_length=10)),
                ('purpose', models.TextField(blank=True, help_text='Why this audit, and what it looks at.')),
                ('planned_from', models.DateField()),
                ('planned_to', models.DateField()),
                ('started_on', models.DateField(blank=True, null=True)),
                ('ended_on', models.DateField(blank=True, help_text='The last day of fieldwork.', null=True)),
                ('response_due_on', models.DateField(blank=True, null=True)),
                ('summary', models.TextField(blank=True)),
                ('good_practice', models.TextField(blank=True)),
                ('field_versions', models.JSONField(default=dict, help_text='How often each answer has changed.')),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('planned_at', models.DateTimeField()),
                ('planned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('content', models.JSONField(help_text='What was issued, word for word.', null=True)),
                ('content_digest', models.CharField(blank=True, help_text='SHA-256 of the canonical content.', max_length=64)),
                ('issued_at', models.DateTimeField(blank=True, null=True)),
                ('issued_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('issuer_name', models.CharField(blank=True, help_text='As it was: it stays without the account.', max_length=200)),
                ('pdf', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.blob')),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_because', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['-planned_from', '-id'],
                'indexes': [models.Index(fields=['unit', 'state'], name='audits_by_unit_and_state'), models.Index(fields=['content_digest'], name='audit_by_digest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('claimed_in', None), ('group', None), ('unit__isnull', False)), models.Q(('group__isnull', False), ('revision', None), ('unit', None)), _connector='OR'), name='audit_of_a_unit_or_a_group'), models.CheckConstraint(condition=models.Q(('planned_to__gte', models.F('planned_from'))), name='audit_planned_forwards'), models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'withdrawn']), models.Q(('revision__isnull', False), ('started_on__isnull', False)), models.Q(('claimed_in__isnull', False), ('started_on__isnull', False)), _connector='OR'), name='fieldwork_validates_something'), models.CheckConstraint(condition=models.Q(('ended_on', None), ('ended_on__gte', models.F('started_on')), _connector='OR'), name='audit_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(models.Q(('content__isnull', False), ('issued_at__isnull', False), ('issued_by__isnull', False), ('state__in', ['issued', 'closed']), ('content_digest__regex', '^[0-9a-f]{64}$'), ('ended_on__isnull', False), models.Q(('issuer_name', ''), _negated=True)), models.Q(models.Q(('state__in', ['issued', 'closed']), _negated=True), ('content', None), ('content_digest', ''), ('issued_at', None), ('issued_by', None), ('pdf', None)), _connector='OR'), name='audit_issued_whole_or_not_at_all'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), ('state', 'closed')), models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at', None), ('closed_by', None)), _connector='OR'), name='audit_closed_at_and_by_with_the_state'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), models.Q(('withdrawn_because', ''), _negated=True)), models.Q(models.Q(('state', 'withdrawn'), _negated=True), ('withdrawn_because', '')), _connector='OR'), name='audit_withdrawn_with_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='assurance.audit')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('summary', models.TextField(blank=True)),
                ('good_practice', models.TextField(blank=True)),
                ('field_versions', models.JSONField(default=dict, help_text='How often each answer has changed.')),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
                ('changed_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['pgh_obj', '-pgh_id'], name='audit_event_by_row')],
            },
        ),
        migrations.CreateModel(
            name='AuditorAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='assurance.audit')),
                ('auditor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='audit_assignments', to=settings.AUTH_USER_MODEL)),
                ('leads', models.BooleanField(default=False)),
                ('assigned_at', models.DateTimeField()),
                ('assigned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('allowed_because', models.TextField(blank=True, help_text='Why one who mentored the unit audits it all the same.')),
                ('allowed_at', models.DateTimeField(blank=True, null=True)),
                ('allowed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-leads', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('audit', 'auditor'), name='an_auditor_once_per_audit'), models.UniqueConstraint(condition=models.Q(('ended_at', None), ('leads', True)), fields=('audit',), name='one_lead_auditor_per_audit'), models.CheckConstraint(condition=models.Q(models.Q(('allowed_at', None), ('allowed_because', ''), ('allowed_by', None)), models.Q(('allowed_at__isnull', False), ('allowed_by__isnull', False), models.Q(('allowed_because', ''), _negated=True)), _connector='OR'), name='allowed_by_whom_and_why'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='assignment_ended_at_and_by_together')],
            },
        ),
        migrations.CreateModel(
            name='AuditResponse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='responses', to='assurance.audit')),
                ('kind', models.CharField(choices=[('accuracy', 'On the facts of the draft report'), ('management', 'On the issued report')], max_length=10)),
                ('agrees', models.BooleanField(help_text='Whether the unit finds the facts right, or accepts what was issued.')),
                ('text', models.TextField(blank=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('responder_name', models.CharField(help_text='As it was: it stays without the account.', max_length=200)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('agrees', True), models.Q(('text', ''), _negated=True), _connector='OR'), name='disagreement_says_with_what')],
            },
        ),
        migrations.CreateModel(
            name='AuditProgramme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('half', organisation.fields.HalfYearField(unique=True)),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('adopted', 'Adopted')], default='proposed', max_length=10)),
                ('version', models.PositiveIntegerField(default=0, help_text='How often it has been proposed.')),
                ('as_at', models.DateField(help_text='The day of the facts behind the scores.')),
                ('weights', models.JSONField(help_text='Of each ingredient; read whole.')),
                ('random_share', models.PositiveSmallIntegerField(help_text='Per cent of the places that go by chance, at least.')),
                ('auditor_days', models.DecimalField(decimal_places=1, help_text='What all audits may take together.', max_digits=6)),
                ('days_per_audit', models.DecimalField(decimal_places=1, help_text='What every audit takes.', max_digits=5)),
                ('days_per_theme', models.DecimalField(decimal_places=1, help_text='What each scored theme adds.', max_digits=5)),
                ('seed', models.CharField(help_text='Of the newest draw.', max_length=32)),
                ('proposed_at', models.DateTimeField()),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('adopted_at', models.DateTimeField(blank=True, null=True)),
                ('adopted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-half'],
                'constraints': [models.CheckConstraint(condition=models.Q(('half__regex', '^\\d{4}/\\d{2}-H[12]$')), name='programme_is_of_a_half_year'), models.CheckConstraint(condition=models.Q(('random_share__range', (1, 100))), name='programme_leaves_some_to_chance'), models.CheckConstraint(condition=models.Q(('auditor_days__gt', 0), ('days_per_theme__gte', 0), ('days_per_audit__gt', 0)), name='programme_audits_take_time'), models.CheckConstraint(condition=models.Q(models.Q(('adopted_at', None), ('adopted_by', None), ('state', 'proposed')), models.Q(('adopted_at__isnull', False), ('adopted_by__isnull', False), ('state', 'adopted')), _connector='OR'), name='programme_adopted_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='ProgrammeDraw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='assurance.auditprogramme')),
                ('number', models.PositiveSmallIntegerField()),
                ('seed', models.CharField(max_length=32)),
                ('because', models.TextField(blank=True, help_text='Why it follows an earlier draw.')),
                ('drawn_at', models.DateTimeField()),
                ('drawn_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['programme', 'number'],
                'constraints': [models.UniqueConstraint(fields=('programme', 'number'), name='one_draw_per_number'), models.CheckConstraint(condition=models.Q(models.Q(('because', ''), ('number', 1)), models.Q(('number__gt', 1), models.Q(('because', ''), _negated=True)), _connector='OR'), name='drawn_again_with_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='ProgrammeItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='assurance.auditprogramme')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
                ('rank', models.PositiveIntegerField(blank=True, help_text='Among all units, by score.', null=True)),
                ('score', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ('ingredients', models.JSONField(default=list, help_text='What the score is made of.')),
                ('days', models.DecimalField(decimal_places=1, help_text='What its audit takes.', max_digits=5)),
                ('own_days', models.BooleanField(default=False, help_text='Whether somebody set the days of this unit.')),
                ('chosen', models.CharField(blank=True, choices=[('score', 'By score'), ('chance', 'By chance'), ('added', 'Added')], max_length=10)),
                ('place', models.PositiveIntegerField(blank=True, help_text='In the programme; blank: not in it.', null=True)),
            ],
            options={
                'ordering': ['programme', models.OrderBy(models.F('place'), nulls_last=True), models.OrderBy(models.F('rank'), nulls_last=True)],
                'constraints': [models.UniqueConstraint(fields=('programme', 'unit'), name='one_item_per_programme_and_unit'), models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('programme', 'place'), name='one_item_per_place'), models.CheckConstraint(condition=models.Q(('place', None), models.Q(('chosen', ''), _negated=True), _connector='OR'), name='in_a_programme_somehow'), models.CheckConstraint(condition=models.Q(models.Q(('rank', None), ('score', None)), models.Q(('rank__isnull', False), ('score__isnull', False)), _connector='OR'), name='ranked_by_a_score'), models.CheckConstraint(condition=models.Q(('days__gt', 0)), name='programme_item_takes_time')],
            },
        ),
        migrations.CreateModel(
            name='ProgrammeChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='assurance.auditprogramme')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
                ('kind', models.CharField(choices=[('added', 'Added'), ('removed', 'Removed'), ('moved', 'Moved')], max_length=10)),
                ('place_before', models.PositiveIntegerField(blank=True, null=True)),
                ('place', models.PositiveIntegerField(blank=True, null=True)),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['programme', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='programme_change_has_its_reason'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'added'), ('place__isnull', False), ('place_before', None)), models.Q(('kind', 'removed'), ('place', None), ('place_before__isnull', False)), models.Q(('kind', 'moved'), ('place__isnull', False), ('place_before__isnull', False)), _connector='OR'), name='programme_change_from_place_to_place')],
            },
        ),
        migrations.CreateModel(
            name='ThemeVerdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='assurance.audit')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='maturity.theme')),
                ('level', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('not_enough_evidence', models.BooleanField(default=False)),
                ('reasons', models.TextField(blank=True, help_text='What the level rests on, or what was missing.')),
                ('good_practice', models.TextField(blank=True)),
                ('field_versions', models.JSONField(default=dict, help_text='How often each answer has changed.')),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['theme__number'],
                'constraints': [models.UniqueConstraint(fields=('audit', 'theme'), name='one_verdict_per_audit_and_theme'), models.CheckConstraint(condition=models.Q(('level', None), ('level__range', (1, 5)), _connector='OR'), name='verdict_within_the_scale'), models.CheckConstraint(condition=models.Q(('level', None), ('not_enough_evidence', False), _connector='OR'), name='a_level_or_not_enough_evidence')],
            },
        ),
        migrations.CreateModel(
            name='ThemeVerdictEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='assurance.themeverdict')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('level', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('not_enough_evidence', models.BooleanField(default=False)),
                ('reasons', models.TextField(blank=True, help_text='What the level rests on, or what was missing.')),
                ('good_practice', models.TextField(blank=True)),
                ('field_versions', models.JSONField(default=dict, help_text='How often each answer has changed.')),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
                ('changed_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['pgh_obj', '-pgh_id'], name='verdict_event_by_row')],
            },
        ),
        migrations.CreateModel(
            name='StandardTest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tests', to='assurance.themeverdict')),
                ('standard', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='maturity.standard')),
                ('result', models.CharField(choices=[('met', 'Met'), ('partly', 'Partly met'), ('not-met', 'Not met'), ('not-tested', 'Not tested')], default='not-tested', max_length=10)),
                ('note', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['standard__level__number', 'standard__kind', 'standard__number'],
                'constraints': [models.UniqueConstraint(fields=('verdict', 'standard'), name='a_standard_once_per_verdict')],
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='assurance.themeverdict')),
                ('number', models.PositiveSmallIntegerField()),
                ('text', models.TextField()),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('verdict', 'number'), name='one_finding_per_number'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='finding_says_something')],
            },
        ),
        migrations.CreateModel(
            name='FindingCriterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bears_on', to='assurance.finding')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='maturity.criterion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('finding', 'criterion'), name='a_criterion_once_per_finding')],
            },
        ),
        migrations.CreateModel(
            name='Sample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='samples', to='assurance.themeverdict')),
                ('kind', models.CharField(choices=[('documents', 'Documents'), ('interviews', 'Interviews'), ('observations', 'Observations')], max_length=12)),
                ('of', models.CharField(max_length=200, verbose_name='which documents, roles or places')),
                ('number', models.PositiveIntegerField(verbose_name='how many')),
            ],
            options={
                'ordering': ['kind', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('number__gte', 1), models.Q(('of', ''), _negated=True)), name='sample_of_something')],
            },
        ),
        migrations.CreateModel(
            name='AuditFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='assurance.themeverdict')),
                ('blob', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.blob')),
                ('name', models.CharField(help_text='As its owner called it, made safe. Never the name on disk.', max_length=200)),
                ('title', models.CharField(max_length=200)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('verdict', 'blob'), name='a_file_once_per_verdict')],
            },
        ),
        migrations.CreateModel(
            name='Recommendation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recommendations', to='assurance.audit')),
                ('verdict', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='recommendations', to='assurance.themeverdict')),
                ('unit', models.ForeignKey(help_text='Who does it.', on_delete=django.db.models.deletion.PROTECT, related_name='recommendations', to='organisation.unit')),
                ('number', models.PositiveSmallIntegerField()),
                ('text', models.TextField()),
                ('priority', models.CharField(choices=[('high', 'High'), ('medium', 'Medium'), ('low', 'Low')], max_length=10)),
                ('due_on', models.DateField()),
                ('action', models.OneToOneField(blank=True, help_text='Once it is issued.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='actions.action')),
            ],
            options={
                'ordering': ['number'],
                'indexes': [models.Index(fields=['unit', 'due_on'], name='recommendations_by_unit')],
                'constraints': [models.UniqueConstraint(fields=('audit', 'number'), name='one_recommendation_per_number'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='recommendation_says_something')],
            },
        ),
        migrations.CreateModel(
            name='ClosureCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recommendation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='assurance.recommendation')),
                ('number', models.PositiveSmallIntegerField()),
                ('evidence', models.TextField(help_text='What shows that it is done.')),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('confirmed', models.BooleanField(blank=True, help_text='False: reopened. Blank: not looked at yet.', null=True)),
                ('reasons', models.TextField(blank=True, help_text='What the auditor saw, or what is still missing.')),
                ('checked_at', models.DateTimeField(blank=True, null=True)),
                ('checked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('recommendation', 'number'), name='one_closure_check_per_number'), models.UniqueConstraint(condition=models.Q(('checked_at', None)), fields=('recommendation',), name='one_open_closure_check'), models.UniqueConstraint(condition=models.Q(('confirmed', True)), fields=('recommendation',), name='closed_once_per_recommendation'), models.CheckConstraint(condition=models.Q(('evidence', ''), _negated=True), name='closure_is_asked_with_evidence'), models.CheckConstraint(condition=models.Q(models.Q(('checked_at', None), ('checked_by', None), ('confirmed', None), ('reasons', '')), models.Q(('checked_at__isnull', False), ('checked_by__isnull', False), ('confirmed__isnull', False), models.Q(('reasons', ''), _negated=True)), _connector='OR'), name='closure_checked_with_reasons')],
            },
        ),
        migrations.CreateModel(
            name='ClosureFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('closure_check', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='assurance.closurecheck')),
                ('blob', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.blob')),
                ('name', models.CharField(help_text='As its owner called it, made safe. Never the name on disk.', max_length=200)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('closure_check', 'blob'), name='a_file_once_per_closure_check')],
            },
        ),
        migrations.AddField(
            model_name='finding',
            name='criteria',
            field=models.ManyToManyField(related_name='+', through='assurance.FindingCriterion', to='maturity.criterion'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='audit',
            trigger=pgtrigger.compiler.Trigger(name='issued_audits_stay', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."issued_at" IS NOT NULL)', func='RAISE EXCEPTION \'pgtrigger: Cannot update of "reference", "kind", "unit_id", "group_id", "edition_id", "revision_id", "claimed_in_id", "purpose", "planned_from", "planned_to", "started_on", "ended_on", "summary", "good_practice", "content", "content_digest", "issued_at", "issued_by_id", "issuer_name" rows from % table\', TG_TABLE_NAME;', hash='96f7b060fa35fccfa66ecec211ab49dbdacef514', operation='UPDATE OF "reference", "kind", "unit_id", "group_id", "edition_id", "revision_id", "claimed_in_id", "purpose", "planned_from", "planned_to", "started_on", "ended_on", "summary", "good_practice", "content", "content_digest", "issued_at", "issued_by_id", "issuer_name"', pgid='pgtrigger_issued_audits_stay_b73d7', table='assurance_audit', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='audit',
            trigger=pgtrigger.compiler.Trigger(name='audit_documents_stay', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."pdf_id" IS NOT NULL)', func='RAISE EXCEPTION \'pgtrigger: Cannot update of "pdf_id" rows from % table\', TG_TABLE_NAME;', hash='2643e6fa67d17ebb4017df6f302243fe5a17dcf1', operation='UPDATE OF "pdf_id"', pgid='pgtrigger_audit_documents_stay_19362', table='assurance_audit', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='audit',
            trigger=pgtrigger.compiler.Trigger(name='issued_audits_stay_issued', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."issued_at" IS NOT NULL)', func="\n                    IF NEW.state NOT IN ('issued', 'closed') THEN\n                        RAISE EXCEPTION 'An issued audit stays issued.';\n                    END IF;\n                    RETURN NEW;\n                ", hash='8bac75f862976727b43bb0528b9bf935c640a8fd', operation='UPDATE OF "state"', pgid='pgtrigger_issued_audits_stay_issued_1b28f', table='assurance_audit', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='audit',
            trigger=pgtrigger.compiler.Trigger(name='audits_are_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='f7d96630fad0d7c8ae86640f1a97580f1de78e85', operation='DELETE', pgid='pgtrigger_audits_are_kept_4a2b6', table='assurance_audit', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='audit',
            trigger=pgtrigger.compiler.Trigger(name='overwritten_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."good_practice" IS DISTINCT FROM (NEW."good_practice") OR OLD."summary" IS DISTINCT FROM (NEW."summary"))', func='INSERT INTO "assurance_auditevent" ("changed_at", "changed_by_id", "field_versions", "good_practice", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "summary") VALUES (OLD."changed_at", OLD."changed_by_id", OLD."field_versions", OLD."good_practice", _pgh_attach_context(), NOW(), \'overwritten\', OLD."id", OLD."summary"); RETURN NULL;', hash='20fe085a2c4388ff76ebaf5fa77f910ff8f47a17', operation='UPDATE', pgid='pgtrigger_overwritten_update_2578d', table='assurance_audit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='audit',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assurance_auditevent" ("changed_at", "changed_by_id", "field_versions", "good_practice", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "summary") VALUES (OLD."changed_at", OLD."changed_by_id", OLD."field_versions", OLD."good_practice", _pgh_attach_context(), NOW(), \'removed\', OLD."id", OLD."summary"); RETURN NULL;', hash='abc151bb46b285a8a54b0688da390fdf010c80bf', operation='DELETE', pgid='pgtrigger_removed_delete_4c0b5', table='assurance_audit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='840e129b2e13951b1b31ca0b85402abf45ed1e6c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_33735', table='assurance_auditevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditresponse',
            trigger=pgtrigger.compiler.Trigger(name='responses_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8309579de2b06b4067fee7d1ff7ad32c9727b120', operation='UPDATE OR DELETE', pgid='pgtrigger_responses_stay_1a0ac', table='assurance_auditresponse', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditprogramme',
            trigger=pgtrigger.compiler.Trigger(name='adopted_programmes_stay', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."adopted_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='511748293cd5a7eaa4ba9c23503eb7c0f9314c5c', operation='UPDATE OR DELETE', pgid='pgtrigger_adopted_programmes_stay_b0641', table='assurance_auditprogramme', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programmedraw',
            trigger=pgtrigger.compiler.Trigger(name='draws_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4c915e5cf7a7c3737827389662e508d62c8e3a4a', operation='UPDATE OR DELETE', pgid='pgtrigger_draws_stay_358ff', table='assurance_programmedraw', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programmeitem',
            trigger=pgtrigger.compiler.Trigger(name='adopted_items_are_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE programme BIGINT;', func="\n                    IF TG_OP = 'DELETE' THEN programme := OLD.programme_id; ELSE programme := NEW.programme_id; END IF;\n                    IF NOT EXISTS (\n                        SELECT 1 FROM assurance_auditprogramme WHERE id = programme AND adopted_at IS NOT NULL\n                    ) THEN\n                        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                        RETURN NEW;\n                    END IF;\n                    IF TG_OP = 'INSERT' AND NEW.score IS NULL THEN RETURN NEW; END IF;\n                    IF TG_OP = 'UPDATE' AND (\n                        OLD.programme_id, OLD.unit_id, OLD.rank, OLD.score, OLD.ingredients, OLD.days, OLD.own_days\n                    ) IS NOT DISTINCT FROM (\n                        NEW.programme_id, NEW.unit_id, NEW.rank, NEW.score, NEW.ingredients, NEW.days, NEW.own_days\n                    ) THEN RETURN NEW; END IF;\n                    RAISE EXCEPTION 'What an adopted programme rests on cannot be changed.';\n                ", hash='8efbcf28d706712eb4dc0a1146d2093450ef263a', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_adopted_items_are_frozen_a1a4d', table='assurance_programmeitem', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programmechange',
            trigger=pgtrigger.compiler.Trigger(name='programme_changes_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b57052ed5a40df31e863ad9d407d678965937b22', operation='UPDATE OR DELETE', pgid='pgtrigger_programme_changes_stay_2ed46', table='assurance_programmechange', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='themeverdict',
            trigger=pgtrigger.compiler.Trigger(name='issued_verdicts_are_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE audit BIGINT;', func="\n            IF TG_OP <> 'INSERT' THEN\n                audit := (SELECT OLD.audit_id);\n                IF EXISTS (SELECT 1 FROM assurance_audit WHERE id = audit AND issued_at IS NOT NULL) THEN\n                    RAISE EXCEPTION 'A verdict of an issued audit cannot be changed.';\n                END IF;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            audit := (SELECT NEW.audit_id);\n            IF EXISTS (SELECT 1 FROM assurance_audit WHERE id = audit AND issued_at IS NOT NULL) THEN\n                RAISE EXCEPTION 'A verdict cannot be added to an issued audit.';\n            END IF;\n            RETURN NEW;\n        ", hash='847388c2c4d13dcb0c111bf5fdb3370e7ee93756', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_issued_verdicts_are_frozen_558d2', table='assurance_themeverdict', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='themeverdict',
            trigger=pgtrigger.compiler.Trigger(name='overwritten_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."good_practice" IS DISTINCT FROM (NEW."good_practice") OR OLD."level" IS DISTINCT FROM (NEW."level") OR OLD."not_enough_evidence" IS DISTINCT FROM (NEW."not_enough_evidence") OR OLD."reasons" IS DISTINCT FROM (NEW."reasons"))', func='INSERT INTO "assurance_themeverdictevent" ("changed_at", "changed_by_id", "field_versions", "good_practice", "level", "not_enough_evidence", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reasons") VALUES (OLD."changed_at", OLD."changed_by_id", OLD."field_versions", OLD."good_practice", OLD."level", OLD."not_enough_evidence", _pgh_attach_context(), NOW(), \'overwritten\', OLD."id", OLD."reasons"); RETURN NULL;', hash='500988d617a3bffdaf285686268f97bb9dc63218', operation='UPDATE', pgid='pgtrigger_overwritten_update_2b4e7', table='assurance_themeverdict', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='themeverdict',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assurance_themeverdictevent" ("changed_at", "changed_by_id", "field_versions", "good_practice", "level", "not_enough_evidence", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reasons") VALUES (OLD."changed_at", OLD."changed_by_id", OLD."field_versions", OLD."good_practice", OLD."level", OLD."not_enough_evidence", _pgh_attach_context(), NOW(), \'removed\', OLD."id", OLD."reasons"); RETURN NULL;', hash='56c9c640a7db4203e459778ff9e823d053655126', operation='DELETE', pgid='pgtrigger_removed_delete_2a1c7', table='assurance_themeverdict', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='themeverdictevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7703c9df6f1cd4f3713cf7d65cdc47e80b588584', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_49b3f', table='assurance_themeverdictevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='standardtest',
            trigger=pgtrigger.compiler.Trigger(name='issued_tests_are_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE audit BIGINT;', func="\n            IF TG_OP <> 'INSERT' THEN\n                audit := (SELECT audit_id FROM assurance_themeverdict WHERE id = OLD.verdict_id);\n                IF EXISTS (SELECT 1 FROM assurance_audit WHERE id = audit AND issued_at IS NOT NULL) THEN\n                    RAISE EXCEPTION 'A test of an issued audit cannot be changed.';\n                END IF;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            audit := (SELECT audit_id FROM assurance_themeverdict WHERE id = NEW.verdict_id);\n            IF EXISTS (SELECT 1 FROM assurance_audit WHERE id = audit AND issued_at IS NOT NULL) THEN\n                RAISE EXCEPTION 'A test cannot be added to an issued audit.';\n            END IF;\n            RETURN NEW;\n        ", hash='d72c140a0fbfa23bd519f0fb2e44827dfb74aaf4', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_issued_tests_are_frozen_fc537', table='assurance_standardtest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='finding',
            trigger=pgtrigger.compiler.Trigger(name='issued_findings_are_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE audit BIGINT;', func="\n            IF TG_OP <> 'INSERT' THEN\n                audit := (SELECT audit_id FROM assurance_themeverdict WHERE id = OLD.verdict_id);\n                IF EXISTS (SELECT 1 FROM assurance_audit WHERE id = audit AND issued_at IS NOT NULL) THEN\n                    RAISE EXCEPTION 'A finding of an issued audit cannot be changed.';\n                END IF;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            audit := (SELECT audit_id FROM assurance_themeverdict WHERE id = NEW.verdict_id);\n            IF EXISTS (SELECT 1 FROM assurance_audit WHERE id = audit AND issued_at IS NOT NULL) THEN\n                RAISE EXCEPTION 'A finding cannot be added to an issued audit.';\n            END IF;\n            RETURN NEW;\n        ", hash='4e4319d904cf4fc92e5d9c0532401820161c81a2', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_issued_findings_are_frozen_673dd', table='assurance_finding', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='findingcriterion',
            trigger=pgtrigger.compiler.Trigger(name='issued_criteria_of_findings_are_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE audit BIGINT;', func="\n            IF TG_OP <> 'INSERT' THEN\n                audit := (SELECT v.audit_id FROM assurance_finding f JOIN assurance_themeverdict v ON v.id = f.verdict_id WHERE f.id = OLD.finding_id);\n                IF EXISTS (SELECT 1 FROM assurance_audit WHERE id = audit AND issued_at IS NOT NULL) THEN\n                    RAISE EXCEPTION 'A criterion of an issued audit cannot be changed.';\n                END IF;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            audit := (SELECT v.audit_id FROM assurance_finding f JOIN assurance_themeverdict v ON v.id = f.verdict_id WHERE f.id = NEW.finding_id);\n            IF EXISTS (SELECT 1 FROM assurance_audit WHERE id = audit AND issued_at IS NOT NULL) THEN\n                RAISE EXCEPTION 'A criterion cannot be added to an issued audit.';\n            END IF;\n            RETURN NEW;\n        ", hash='f425c1f426bf4c7cf44ef6d5c451f270e447d9ed', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_issued_criteria_of_findings_are_frozen_bfa13', table='assurance_findingcriterion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sample',
            trigger=pgtrigger.compiler.Trigger(name='issued_samples_are_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE audit BIGINT;', func="\n            IF TG_OP <> 'INSERT' THEN\n                audit := (SELECT audit_id FROM assurance_themeverdict WHERE id = OLD.verdict_id);\n                IF EXISTS (SELECT 1 FROM assurance_audit WHERE id = audit AND issued_at IS NOT NULL) THEN\n                    RAISE EXCEPTION 'A sample of an issued audit cannot be changed.';\n                END IF;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            audit := (SELECT audit_id FROM assurance_themeverdict WHERE id = NEW.verdict_id);\n            IF EXISTS (SELECT 1 FROM assurance_audit WHERE id = audit AND issued_at IS NOT NULL) THEN\n                RAISE EXCEPTION 'A sample cannot be added to an issued audit.';\n            END IF;\n            RETURN NEW;\n        ", hash='db12fee0a16ac5a87d6dc9a01648198702b9a6b4', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_issued_samples_are_frozen_b9ca9', table='assurance_sample', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditfile',
            trigger=pgtrigger.compiler.Trigger(name='issued_audit_files_are_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE audit BIGINT;', func="\n            IF TG_OP <> 'INSERT' THEN\n                audit := (SELECT audit_id FROM assurance_themeverdict WHERE id = OLD.verdict_id);\n                IF EXISTS (SELECT 1 FROM assurance_audit WHERE id = audit AND issued_at IS NOT NULL) THEN\n                    RAISE EXCEPTION 'A file of an issued audit cannot be changed.';\n                END IF;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            audit := (SELECT audit_id FROM assurance_themeverdict WHERE id = NEW.verdict_id);\n            IF EXISTS (SELECT 1 FROM assurance_audit WHERE id = audit AND issued_at IS NOT NULL) THEN\n                RAISE EXCEPTION 'A file cannot be added to an issued audit.';\n            END IF;\n            RETURN NEW;\n        ", hash='f8c1621385fce085053b282a7ee345e12a5cda77', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_issued_audit_files_are_frozen_559b6', table='assurance_auditfile', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recommendation',
            trigger=pgtrigger.compiler.Trigger(name='issued_recommendations_are_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE audit BIGINT;', func="\n            IF TG_OP <> 'INSERT' THEN\n                audit := (SELECT OLD.audit_id);\n                IF EXISTS (SELECT 1 FROM assurance_audit WHERE id = audit AND issued_at IS NOT NULL) THEN\n                    RAISE EXCEPTION 'A recommendation of an issued audit cannot be changed.';\n                END IF;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            audit := (SELECT NEW.audit_id);\n            IF EXISTS (SELECT 1 FROM assurance_audit WHERE id = audit AND issued_at IS NOT NULL) THEN\n                RAISE EXCEPTION 'A recommendation cannot be added to an issued audit.';\n            END IF;\n            RETURN NEW;\n        ", hash='f2f04dbcc5b67e9b50d1e2e250abaa87d43b3046', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_issued_recommendations_are_frozen_b0e2b', table='assurance_recommendation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='closurecheck',
            trigger=pgtrigger.compiler.Trigger(name='closure_checks_stay', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."checked_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='db48f7ba6247165cbef911728ef447ac62052af3', operation='UPDATE OR DELETE', pgid='pgtrigger_closure_checks_stay_ed613', table='assurance_closurecheck', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='closurefile',
            trigger=pgtrigger.compiler.Trigger(name='closure_files_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e2c78999c5f218ad5c3c302a0f84e4c13740cc5e', operation='UPDATE OR DELETE', pgid='pgtrigger_closure_files_stay_ebf87', table='assurance_closurefile', when='BEFORE')),
        ),
    ]
