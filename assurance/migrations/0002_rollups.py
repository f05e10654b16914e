import django.db.models.deletion
import organisation.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assurance', '0001_initial'),
        ('organisation', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('pghistory', '0007_auto_20250421_0444'),
        ('records', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Rollup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.ForeignKey(blank=True, help_text='Blank: the force summary.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rollups', to='organisation.businessgroup')),
                ('half', organisation.fields.HalfYearField()),
                ('figures', models.JSONField(help_text='As rollup.py made them; read whole.', null=True)),
                ('figures_digest', models.CharField(blank=True, max_length=64)),
                ('built_at', models.DateTimeField(blank=True, null=True)),
                ('pdf', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.blob')),
                ('board_meeting_on', models.DateField(blank=True, null=True, verbose_name='date of the Board meeting it is for')),
                ('group_meeting_on', models.DateField(blank=True, null=True, verbose_name='date of the group’s six-monthly health and safety meeting')),
                ('reported_at_meeting', models.BooleanField(blank=True, null=True, verbose_name='whether its units’ statements were reported at that meeting')),
                ('reported_at_meeting_note', models.TextField(blank=True)),
                ('narrative', models.TextField(blank=True, help_text='What the figures mean, over all themes.')),
                ('opinion_level', models.PositiveSmallIntegerField(blank=True, help_text="Force summary: the level of the force in the Head's opinion.", null=True)),
                ('opinion', models.TextField(blank=True, help_text="Force summary: the Head's opinion in words.")),
                ('shows_comparison', models.BooleanField(default=True, help_text='Whether the half before is shown beside this one.')),
                ('field_versions', models.JSONField(default=dict, help_text='How often each answer has changed.')),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-half', 'group__name'],
                'constraints': [models.UniqueConstraint(fields=('group', 'half'), name='one_rollup_per_group_and_half', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('built_at', None), ('figures', None), ('figures_digest', ''), ('pdf', None)), models.Q(('built_at__isnull', False), ('figures__isnull', False), ('pdf__isnull', False)), _connector='OR'), name='rollup_built_whole_or_not_at_all'), models.CheckConstraint(condition=models.Q(('half__regex', '^\\d{4}/\\d{2}-H[12]$')), name='rollup_is_of_a_half_year'), models.CheckConstraint(condition=models.Q(('opinion_level', None), ('opinion_level__range', (1, 5)), _connector='OR'), name='opinion_within_the_scale'), models.CheckConstraint(condition=models.Q(models.Q(('group', None), ('group_meeting_on', None), ('reported_at_meeting', None), ('reported_at_meeting_note', '')), models.Q(('group__isnull', False), ('opinion', ''), ('opinion_level', None)), _connector='OR'), name='opinion_of_the_force_meeting_of_a_group')],
            },
        ),
        migrations.CreateModel(
            name='RollupEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='assurance.rollup')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('board_meeting_on', models.DateField(blank=True, null=True, verbose_name='date of the Board meeting it is for')),
                ('group_meeting_on', models.DateField(blank=True, null=True, verbose_name='date of the group’s six-monthly health and safety meeting')),
                ('reported_at_meeting', models.BooleanField(blank=True, null=True, verbose_name='whether its units’ statements were reported at that meeting')),
                ('reported_at_meeting_note', models.TextField(blank=True)),
                ('narrative', models.TextField(blank=True, help_text='What the figures mean, over all themes.')),
                ('opinion_level', models.PositiveSmallIntegerField(blank=True, help_text="Force summary: the level of the force in the Head's opinion.", null=True)),
                ('opinion', models.TextField(blank=True, help_text="Force summary: the Head's opinion in words.")),
                ('shows_comparison', models.BooleanField(default=True, help_text='Whether the half before is shown beside this one.')),
                ('field_versions', models.JSONField(default=dict, help_text='How often each answer has changed.')),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
                ('changed_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['pgh_obj', '-pgh_id'], name='rollup_event_by_rollup')],
            },
        ),
        migrations.CreateModel(
            name='ThemeAssessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rollup', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='assurance.rollup')),
                ('theme_identity', models.SlugField(max_length=60)),
                ('level', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('evidence', models.TextField(blank=True)),
                ('actions', models.TextField(blank=True)),
                ('narrative', models.TextField(blank=True, help_text="What the units' figures for the theme mean.")),
                ('field_versions', models.JSONField(default=dict, help_text='How often each answer has changed.')),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['rollup', 'theme_identity'],
                'constraints': [models.UniqueConstraint(fields=('rollup', 'theme_identity'), name='one_assessment_per_rollup_and_theme'), models.CheckConstraint(condition=models.Q(('level', None), ('level__range', (1, 5)), _connector='OR'), name='assessment_within_the_scale')],
            },
        ),
        migrations.CreateModel(
            name='ThemeAssessmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='assurance.themeassessment')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('level', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('evidence', models.TextField(blank=True)),
                ('actions', models.TextField(blank=True)),
                ('narrative', models.TextField(blank=True, help_text="What the units' figures for the theme mean.")),
                ('field_versions', models.JSONField(default=dict, help_text='How often each answer has changed.')),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
                ('changed_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['pgh_obj', '-pgh_id'], name='assessment_event_by_row')],
            },
        ),
        migrations.CreateModel(
            name='IssuedRollup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rollup', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issued', to='assurance.rollup')),
                ('number', models.PositiveSmallIntegerField()),
                ('content', models.JSONField(help_text='What was issued, word for word; read whole.')),
                ('content_digest', models.CharField(help_text='SHA-256 of the canonical content.', max_length=64)),
                ('figures_digest', models.CharField(help_text="Of the build that was on the issuer's screen.", max_length=64)),
                ('as_at', models.DateField(help_text='The day of the figures.')),
                ('because', models.TextField(blank=True, help_text='Why it follows an earlier version.')),
                ('issued_at', models.DateTimeField()),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('issuer_name', models.CharField(help_text='As it was: it stays when the account is removed.', max_length=200)),
                ('pdf', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.blob')),
            ],
            options={
                'ordering': ['rollup', 'number'],
                'indexes': [models.Index(fields=['content_digest'], name='issued_by_digest')],
                'constraints': [models.UniqueConstraint(fields=('rollup', 'number'), name='one_issue_per_number'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='issues_count_from_one'), models.CheckConstraint(condition=models.Q(models.Q(('because', ''), ('number', 1)), models.Q(('number__gt', 1), models.Q(('because', ''), _negated=True)), _connector='OR'), name='reissued_with_a_reason'), models.CheckConstraint(condition=models.Q(('content_digest__regex', '^[0-9a-f]{64}$')), name='issued_with_a_digest')],
            },
        ),
        migrations.CreateModel(
            name='IssuedRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issued', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='used', to='assurance.issuedrollup')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='used_in', to='assurance.revision')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('issued', 'revision'), name='one_use_per_issue_and_revision')],
            },
        ),
        migrations.AddField(
            model_name='issuedrollup',
            name='revisions',
            field=models.ManyToManyField(related_name='+', through='assurance.IssuedRevision', to='assurance.revision'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rollup',
            trigger=pgtrigger.compiler.Trigger(name='overwritten_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."board_meeting_on" IS DISTINCT FROM (NEW."board_meeting_on") OR OLD."group_meeting_on" IS DISTINCT FROM (NEW."group_meeting_on") OR OLD."narrative" IS DISTINCT FROM (NEW."narrative") OR OLD."opinion" IS DISTINCT FROM (NEW."opinion") OR OLD."opinion_level" IS DISTINCT FROM (NEW."opinion_level") OR OLD."reported_at_meeting" IS DISTINCT FROM (NEW."reported_at_meeting") OR OLD."reported_at_meeting_note" IS DISTINCT FROM (NEW."reported_at_meeting_note") OR OLD."shows_comparison" IS DISTINCT FROM (NEW."shows_comparison"))', func='INSERT INTO "assurance_rollupevent" ("board_meeting_on", "changed_at", "changed_by_id", "field_versions", "group_meeting_on", "narrative", "opinion", "opinion_level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reported_at_meeting", "reported_at_meeting_note", "shows_comparison") VALUES (OLD."board_meeting_on", OLD."changed_at", OLD."changed_by_id", OLD."field_versions", OLD."group_meeting_on", OLD."narrative", OLD."opinion", OLD."opinion_level", _pgh_attach_context(), NOW(), \'overwritten\', OLD."id", OLD."reported_at_meeting", OLD."reported_at_meeting_note", OLD."shows_comparison"); RETURN NULL;', hash='d4cd57744fb6c402def6bf0a2933f52a64147595', operation='UPDATE', pgid='pgtrigger_overwritten_update_5a450', table='assurance_rollup', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rollup',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assurance_rollupevent" ("board_meeting_on", "changed_at", "changed_by_id", "field_versions", "group_meeting_on", "narrative", "opinion", "opinion_level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reported_at_meeting", "reported_at_meeting_note", "shows_comparison") VALUES (OLD."board_meeting_on", OLD."changed_at", OLD."changed_by_id", OLD."field_versions", OLD."group_meeting_on", OLD."narrative", OLD."opinion", OLD."opinion_level", _pgh_attach_context(), NOW(), \'removed\', OLD."id", OLD."reported_at_meeting", OLD."reported_at_meeting_note", OLD."shows_comparison"); RETURN NULL;', hash='c6b8798da156bab3ed192804ef20fa9b87eb0987', operation='DELETE', pgid='pgtrigger_removed_delete_54648', table='assurance_rollup', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rollupevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='83e54fe5fd8d2284d5e277f6ebae23d282167baa', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d7be9', table='assurance_rollupevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='themeassessment',
            trigger=pgtrigger.compiler.Trigger(name='overwritten_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."actions" IS DISTINCT FROM (NEW."actions") OR OLD."evidence" IS DISTINCT FROM (NEW."evidence") OR OLD."level" IS DISTINCT FROM (NEW."level") OR OLD."narrative" IS DISTINCT FROM (NEW."narrative"))', func='INSERT INTO "assurance_themeassessmentevent" ("actions", "changed_at", "changed_by_id", "evidence", "field_versions", "level", "narrative", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."actions", OLD."changed_at", OLD."changed_by_id", OLD."evidence", OLD."field_versions", OLD."level", OLD."narrative", _pgh_attach_context(), NOW(), \'overwritten\', OLD."id"); RETURN NULL;', hash='12bfd56e126fca0836a76df539ee5d28a6e00337', operation='UPDATE', pgid='pgtrigger_overwritten_update_87cbb', table='assurance_themeassessment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='themeassessment',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assurance_themeassessmentevent" ("actions", "changed_at", "changed_by_id", "evidence", "field_versions", "level", "narrative", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."actions", OLD."changed_at", OLD."changed_by_id", OLD."evidence", OLD."field_versions", OLD."level", OLD."narrative", _pgh_attach_context(), NOW(), \'removed\', OLD."id"); RETURN NULL;', hash='91f720be27481ee78e1551c39b77717643a0ab21', operation='DELETE', pgid='pgtrigger_removed_delete_9c9bb', table='assurance_themeassessment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='themeassessmentevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='cde1cd60d381e4135ad1860e2389b2df9bec0d0a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_df86e', table='assurance_themeassessmentevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='issuedrollup',
            trigger=pgtrigger.compiler.Trigger(name='issued_rollups_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "rollup_id", "number", "content", "content_digest", "figures_digest", "as_at", "because", "issued_at", "issued_by_id", "issuer_name" or delete rows from % table\', TG_TABLE_NAME;', hash='6696fe93d755f7fec119966cd1d773c32994343e', operation='UPDATE OF "rollup_id", "number", "content", "content_digest", "figures_digest", "as_at", "because", "issued_at", "issued_by_id", "issuer_name" OR DELETE', pgid='pgtrigger_issued_rollups_stay_040c9', table='assurance_issuedrollup', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='issuedrollup',
            trigger=pgtrigger.compiler.Trigger(name='issued_documents_stay', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."pdf_id" IS NOT NULL)', func='RAISE EXCEPTION \'pgtrigger: Cannot update of "pdf_id" rows from % table\', TG_TABLE_NAME;', hash='14c54ff926f9a3e4e6461a1028a51724a23f3a03', operation='UPDATE OF "pdf_id"', pgid='pgtrigger_issued_documents_stay_928b7', table='assurance_issuedrollup', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='issuedrevision',
            trigger=pgtrigger.compiler.Trigger(name='uses_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='510340fba64a014988f389e836124fe2a65618e0', operation='UPDATE OR DELETE', pgid='pgtrigger_uses_stay_6202f', table='assurance_issuedrevision', when='BEFORE')),
        ),
    ]
