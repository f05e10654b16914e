import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.text
import organisation.roles
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='BusinessGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, unique=True)),
                ('slug', models.SlugField(max_length=80, unique=True)),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.CheckConstraint(condition=models.Q(('slug', 'whole-force'), _negated=True), name='no_group_is_the_whole_force')],
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('kind', models.CharField(choices=[('bcu', 'Basic Command Unit (BCU)'), ('ocu', 'Operational Command Unit (OCU)'), ('department', 'Department'), ('directorate', 'Directorate')], max_length=20)),
                ('risk_band', models.CharField(choices=[('low', 'Low'), ('medium', 'Medium'), ('high', 'High')], max_length=10)),
                ('opened_on', models.DateField()),
                ('closed_on', models.DateField(blank=True, help_text='Its last day, where it was merged or renamed.', null=True)),
                ('successors', models.ManyToManyField(blank=True, related_name='predecessors', to='organisation.unit')),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.CheckConstraint(condition=models.Q(('closed_on', None), ('closed_on__gte', models.F('opened_on')), _connector='OR'), name='unit_closes_after_it_opens')],
            },
        ),
        migrations.CreateModel(
            name='UnitEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='organisation.unit')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=200)),
                ('slug', models.SlugField(db_index=False, max_length=80)),
                ('kind', models.CharField(choices=[('bcu', 'Basic Command Unit (BCU)'), ('ocu', 'Operational Command Unit (OCU)'), ('department', 'Department'), ('directorate', 'Directorate')], max_length=20)),
                ('risk_band', models.CharField(choices=[('low', 'Low'), ('medium', 'Medium'), ('high', 'High')], max_length=10)),
                ('opened_on', models.DateField()),
                ('closed_on', models.DateField(blank=True, help_text='Its last day, where it was merged or renamed.', null=True)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['pgh_obj', '-pgh_id'], name='unit_event_by_row')],
            },
        ),
        migrations.CreateModel(
            name='UnitMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='organisation.unit')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='organisation.businessgroup')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='membership_ends_after_it_starts'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('unit'), models.F('unit'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('starts_on'), models.F('ends_on'), models.Value('[]'), function='daterange'), '&&')], name='one_group_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='UnitMembershipEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='organisation.unitmembership')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('unit', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisation.unit')),
                ('group', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisation.businessgroup')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['pgh_obj', '-pgh_id'], name='membership_event_by_row')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('name', models.CharField(help_text='As it is to be printed.', max_length=200)),
                ('is_active', models.BooleanField(default=True)),
                ('joined_at', models.DateTimeField(auto_now_add=True)),
                ('removed_at', models.DateTimeField(blank=True, help_text='When its personal data was removed. What was signed keeps its signer’s name.', null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='one_account_per_email'), models.CheckConstraint(condition=models.Q(('removed_at', None), ('is_active', False), _connector='OR'), name='removed_accounts_are_closed')],
            },
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('spoc', 'Single point of contact (SPOC)'), ('slt-lead', 'Senior Leadership Team (SLT) lead'), ('cog-lead', 'Chief Officer Group (COG) lead'), ('cog-support', 'Chief Officer Group (COG) support'), ('shrmt', 'Safety and Health Risk Management Team (SHRMT) adviser and auditor'), ('head', 'Head of Safety, Health and Wellbeing'), ('board-member', 'Health, Safety and Wellbeing Board member'), ('board-secretary', 'Health, Safety and Wellbeing Board secretary'), ('risk-lead', 'Risk lead'), ('external-auditor', 'External auditor'), ('panel-member', 'Audit panel member'), ('administrator', 'Administrator')], max_length=20)),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='organisation.unit')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='organisation.businessgroup')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, help_text='The last day; blank where none is set.', null=True)),
                ('made_at', models.DateTimeField(blank=True, null=True)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_at', models.DateTimeField(blank=True, help_text='Set where it was ended at once: it gives no rights from that moment on.', null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_because', models.TextField(blank=True)),
                ('follows', models.ForeignKey(blank=True, help_text='The appointment that was handed over with this one.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='handed_over_to', to='organisation.appointment')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='appointment_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(models.Q(('group', None), ('role__in', [organisation.roles.Role['SLT_LEAD'], organisation.roles.Role['SPOC']]), ('unit__isnull', False)), models.Q(('group__isnull', False), ('role__in', [organisation.roles.Role['COG_LEAD'], organisation.roles.Role['COG_SUPPORT']]), ('unit', None)), models.Q(('group', None), ('role__in', [organisation.roles.Role['ADMINISTRATOR'], organisation.roles.Role['BOARD_MEMBER'], organisation.roles.Role['BOARD_SECRETARY'], organisation.roles.Role['EXTERNAL_AUDITOR'], organisation.roles.Role['HEAD'], organisation.roles.Role['PANEL_MEMBER'], organisation.roles.Role['RISK_LEAD'], organisation.roles.Role['SHRMT']]), ('unit', None)), _connector='OR'), name='appointment_scope_fits_its_role'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_because', ''), ('ended_by', None)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='ended_at_and_by_together')],
            },
        ),
        migrations.CreateModel(
            name='AppointmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='organisation.appointment')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('spoc', 'Single point of contact (SPOC)'), ('slt-lead', 'Senior Leadership Team (SLT) lead'), ('cog-lead', 'Chief Officer Group (COG) lead'), ('cog-support', 'Chief Officer Group (COG) support'), ('shrmt', 'Safety and Health Risk Management Team (SHRMT) adviser and auditor'), ('head', 'Head of Safety, Health and Wellbeing'), ('board-member', 'Health, Safety and Wellbeing Board member'), ('board-secretary', 'Health, Safety and Wellbeing Board secretary'), ('risk-lead', 'Risk lead'), ('external-auditor', 'External auditor'), ('panel-member', 'Audit panel member'), ('administrator', 'Administrator')], max_length=20)),
                ('unit', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisation.unit')),
                ('group', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisation.businessgroup')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, help_text='The last day; blank where none is set.', null=True)),
                ('made_at', models.DateTimeField(blank=True, null=True)),
                ('made_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_at', models.DateTimeField(blank=True, help_text='Set where it was ended at once: it gives no rights from that moment on.', null=True)),
                ('ended_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_because', models.TextField(blank=True)),
                ('follows', models.ForeignKey(blank=True, db_constraint=False, help_text='The appointment that was handed over with this one.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisation.appointment')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['pgh_obj', '-pgh_id'], name='appointment_event_by_row')],
            },
        ),
        migrations.CreateModel(
            name='AppointmentFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('name', models.CharField(help_text='What its author called the file.', max_length=200)),
                ('uploaded_at', models.DateTimeField()),
                ('lines', models.JSONField(default=list, help_text='As appointment_files.py read them.')),
                ('applied_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('applied_at', None), ('lines', []), _connector='OR'), name='applied_files_name_nobody')],
            },
        ),
        migrations.CreateModel(
            name='CalendarLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calendar_links', to=settings.AUTH_USER_MODEL)),
                ('token_digest', models.CharField(help_text='SHA-256 of the secret in the address.', max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('person'), condition=models.Q(('revoked_at', None)), name='one_calendar_link_per_person'), models.CheckConstraint(condition=models.Q(('token_digest__regex', '^[0-9a-f]{64}$')), name='calendar_link_kept_as_a_digest')],
            },
        ),
        migrations.CreateModel(
            name='Force',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('short_name', models.CharField(max_length=50)),
                ('demo_seed', models.CharField(blank=True, help_text='Set where the force is fictional: what it was generated from.', max_length=100)),
                ('completer_may_sign', models.BooleanField(default=False, help_text='Whether one person may both complete and sign a statement.')),
                ('slt_lead_told_after_days', models.PositiveSmallIntegerField(default=7)),
                ('cog_lead_told_after_days', models.PositiveSmallIntegerField(default=14)),
                ('review_within_days', models.PositiveSmallIntegerField(default=14)),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.Value(1), name='one_force'), models.CheckConstraint(condition=models.Q(('cog_lead_told_after_days__gte', models.F('slt_lead_told_after_days'))), name='slt_lead_told_before_the_cog_lead')],
            },
        ),
        migrations.CreateModel(
            name='QualificationType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True)),
                ('name', models.CharField(help_text='As it is printed, with who awards it.', max_length=200)),
                ('level', models.PositiveSmallIntegerField(blank=True, help_text='On the national scale, where it has one.', null=True)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='ExpectedQualification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('spoc', 'Single point of contact (SPOC)'), ('slt-lead', 'Senior Leadership Team (SLT) lead'), ('cog-lead', 'Chief Officer Group (COG) lead'), ('cog-support', 'Chief Officer Group (COG) support'), ('shrmt', 'Safety and Health Risk Management Team (SHRMT) adviser and auditor'), ('head', 'Head of Safety, Health and Wellbeing'), ('board-member', 'Health, Safety and Wellbeing Board member'), ('board-secretary', 'Health, Safety and Wellbeing Board secretary'), ('risk-lead', 'Risk lead'), ('external-auditor', 'External auditor'), ('panel-member', 'Audit panel member'), ('administrator', 'Administrator')], max_length=20)),
                ('type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='expected_of', to='organisation.qualificationtype')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('role', 'type'), name='expected_once_of_a_role')],
            },
        ),
        migrations.CreateModel(
            name='Qualification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='qualifications', to=settings.AUTH_USER_MODEL)),
                ('type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.qualificationtype')),
                ('status', models.CharField(choices=[('studying', 'Studying for it'), ('held', 'Held'), ('withdrawn', 'Given up or withdrawn')], max_length=10)),
                ('on', models.DateField(help_text='The day it was awarded, begun or withdrawn.', verbose_name='date')),
                ('expires_on', models.DateField(blank=True, help_text='Its last day, where it runs out.', null=True)),
            ],
            options={
                'ordering': ['person', 'type'],
                'constraints': [models.UniqueConstraint(fields=('person', 'type'), name='one_line_per_person_and_qualification'), models.CheckConstraint(condition=models.Q(('expires_on', None), ('expires_on__gte', models.F('on')), _connector='OR'), name='qualification_expires_after_its_date')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='unit',
            trigger=pgtrigger.compiler.Trigger(name='made_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisation_unitevent" ("closed_on", "id", "kind", "name", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "risk_band", "slug") VALUES (NEW."closed_on", NEW."id", NEW."kind", NEW."name", NEW."opened_on", _pgh_attach_context(), NOW(), \'made\', NEW."id", NEW."risk_band", NEW."slug"); RETURN NULL;', hash='4dd521cf2cb6a066a4bd031c03e8e0b1ce861457', operation='INSERT', pgid='pgtrigger_made_insert_765bf', table='organisation_unit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='unit',
            trigger=pgtrigger.compiler.Trigger(name='overwritten_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "organisation_unitevent" ("closed_on", "id", "kind", "name", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "risk_band", "slug") VALUES (OLD."closed_on", OLD."id", OLD."kind", OLD."name", OLD."opened_on", _pgh_attach_context(), NOW(), \'overwritten\', OLD."id", OLD."risk_band", OLD."slug"); RETURN NULL;', hash='96d37f3208f9f03e990cf3f3e3afad0bd545bf4e', operation='UPDATE', pgid='pgtrigger_overwritten_update_677cb', table='organisation_unit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='unit',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisation_unitevent" ("closed_on", "id", "kind", "name", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "risk_band", "slug") VALUES (OLD."closed_on", OLD."id", OLD."kind", OLD."name", OLD."opened_on", _pgh_attach_context(), NOW(), \'removed\', OLD."id", OLD."risk_band", OLD."slug"); RETURN NULL;', hash='c1d5f2b371f8fd0398bdf55d05a23efdb44175ba', operation='DELETE', pgid='pgtrigger_removed_delete_2ed70', table='organisation_unit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='unitevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='71ad66a10642cf37ba51a0aa4054c370a4f814c3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ab73d', table='organisation_unitevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='unitmembership',
            trigger=pgtrigger.compiler.Trigger(name='made_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisation_unitmembershipevent" ("ends_on", "group_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "unit_id") VALUES (NEW."ends_on", NEW."group_id", NEW."id", _pgh_attach_context(), NOW(), \'made\', NEW."id", NEW."starts_on", NEW."unit_id"); RETURN NULL;', hash='66f91702e76e913aae37747f892af4d2008a76c1', operation='INSERT', pgid='pgtrigger_made_insert_52afd', table='organisation_unitmembership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='unitmembership',
            trigger=pgtrigger.compiler.Trigger(name='overwritten_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "organisation_unitmembershipevent" ("ends_on", "group_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "unit_id") VALUES (OLD."ends_on", OLD."group_id", OLD."id", _pgh_attach_context(), NOW(), \'overwritten\', OLD."id", OLD."starts_on", OLD."unit_id"); RETURN NULL;', hash='dc3fa9e233838008dc54755ced4c4381405f300f', operation='UPDATE', pgid='pgtrigger_overwritten_update_dd7f2', table='organisation_unitmembership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='unitmembership',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisation_unitmembershipevent" ("ends_on", "group_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "unit_id") VALUES (OLD."ends_on", OLD."group_id", OLD."id", _pgh_attach_context(), NOW(), \'removed\', OLD."id", OLD."starts_on", OLD."unit_id"); RETURN NULL;', hash='b3bba57e6762e5f9cffbefb2665e85df88dc4286', operation='DELETE', pgid='pgtrigger_removed_delete_92b54', table='organisation_unitmembership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='unitmembershipevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='dbe62c7b0cbb3dca03343e80e2a91024ac847173', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d1a1e', table='organisation_unitmembershipevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appointment',
            trigger=pgtrigger.compiler.Trigger(name='made_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisation_appointmentevent" ("ended_at", "ended_because", "ended_by_id", "ends_on", "follows_id", "group_id", "id", "made_at", "made_by_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "starts_on", "unit_id") VALUES (NEW."ended_at", NEW."ended_because", NEW."ended_by_id", NEW."ends_on", NEW."follows_id", NEW."group_id", NEW."id", NEW."made_at", NEW."made_by_id", NEW."person_id", _pgh_attach_context(), NOW(), \'made\', NEW."id", NEW."role", NEW."starts_on", NEW."unit_id"); RETURN NULL;', hash='a11f03148d858ad511f4aca91a03b461db93ab3c', operation='INSERT', pgid='pgtrigger_made_insert_ecccc', table='organisation_appointment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appointment',
            trigger=pgtrigger.compiler.Trigger(name='overwritten_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "organisation_appointmentevent" ("ended_at", "ended_because", "ended_by_id", "ends_on", "follows_id", "group_id", "id", "made_at", "made_by_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "starts_on", "unit_id") VALUES (OLD."ended_at", OLD."ended_because", OLD."ended_by_id", OLD."ends_on", OLD."follows_id", OLD."group_id", OLD."id", OLD."made_at", OLD."made_by_id", OLD."person_id", _pgh_attach_context(), NOW(), \'overwritten\', OLD."id", OLD."role", OLD."starts_on", OLD."unit_id"); RETURN NULL;', hash='05b9f6547695337807198b39fc52b08f7802c694', operation='UPDATE', pgid='pgtrigger_overwritten_update_d59e7', table='organisation_appointment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appointment',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisation_appointmentevent" ("ended_at", "ended_because", "ended_by_id", "ends_on", "follows_id", "group_id", "id", "made_at", "made_by_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "starts_on", "unit_id") VALUES (OLD."ended_at", OLD."ended_because", OLD."ended_by_id", OLD."ends_on", OLD."follows_id", OLD."group_id", OLD."id", OLD."made_at", OLD."made_by_id", OLD."person_id", _pgh_attach_context(), NOW(), \'removed\', OLD."id", OLD."role", OLD."starts_on", OLD."unit_id"); RETURN NULL;', hash='2d94f3601e377ab456c1743a25ae22ad57f852ca', operation='DELETE', pgid='pgtrigger_removed_delete_e8c51', table='organisation_appointment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appointmentevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d7f561acdb392bb476e77e3e6ac2c8b183ccc089', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4ec6a', table='organisation_appointmentevent', when='BEFORE')),
        ),
    ]
