import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisation', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StaffGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(help_text='Such as “Police officers”.', max_length=100, unique=True)),
                ('short_name', models.CharField(help_text='For the columns of tables, such as “Police”.', max_length=40, unique=True)),
                ('members', models.CharField(help_text='Who is counted as one of them, and who is not.', max_length=400)),
                ('position', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ['position', 'code'],
            },
        ),
        migrations.CreateModel(
            name='Indicator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True)),
                ('name', models.CharField(help_text='Such as “Major injuries”.', max_length=120, unique=True)),
                ('meaning', models.CharField(blank=True, help_text='What counts as one, in a sentence.', max_length=400)),
                ('better', models.CharField(choices=[('lower', 'Lower is better'), ('higher', 'Higher is better'), ('neutral', 'Neither: fewer may mean that less is reported')], max_length=10)),
                ('position', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ['position', 'code'],
            },
        ),
        migrations.CreateModel(
            name='IndicatorStaffGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='by_staff_group', to='injuries.indicator')),
                ('staff_group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='injuries.staffgroup')),
            ],
            options={
                'ordering': ['staff_group__position'],
                'constraints': [models.UniqueConstraint(fields=('indicator', 'staff_group'), name='an_indicator_once_for_a_staff_group')],
            },
        ),
        migrations.CreateModel(
            name='ReportingChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.ForeignKey(blank=True, help_text='None: all of them.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='injuries.indicator')),
                ('starts_on', models.DateField()),
                ('name', models.CharField(help_text='What was changed, such as “eSafety”.', max_length=100)),
                ('effect', models.CharField(help_text='What it does to the figures.', max_length=400)),
            ],
            options={
                'ordering': ['starts_on', 'id'],
                'constraints': [models.UniqueConstraint(fields=('indicator', 'starts_on', 'name'), name='a_change_of_reporting_once_per_indicator', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('effect', ''), _negated=True)), name='a_change_of_reporting_says_what')],
            },
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('counts', 'Monthly counts'), ('incidents', 'One line for each incident'), ('headcount', 'Monthly headcount')], max_length=10)),
                ('state', models.CharField(choices=[('waiting', 'Waiting for confirmation'), ('applied', 'Imported'), ('undone', 'Undone')], default='waiting', max_length=10)),
                ('name', models.CharField(help_text='What whoever brought it called the file.', max_length=200)),
                ('sha256', models.CharField(help_text="Of the file's bytes, to tell whether it was brought before.", max_length=64)),
                ('lines', models.PositiveIntegerField(help_text='How many lines of the file said something.')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('uploaded_at', models.DateTimeField()),
                ('applied_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('applied_at', models.DateTimeField(null=True)),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_because', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('applied_at', None), ('applied_by', None), ('state', 'waiting')), models.Q(('applied_at__isnull', False), ('applied_by__isnull', False), models.Q(('state', 'waiting'), _negated=True)), _connector='OR'), name='upload_applied_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('undone_at', None), ('undone_because', ''), ('undone_by', None), models.Q(('state', 'undone'), _negated=True)), models.Q(('state', 'undone'), ('undone_at__isnull', False), ('undone_by__isnull', False), models.Q(('undone_because', ''), _negated=True)), _connector='OR'), name='upload_undone_by_somebody_with_a_reason'), models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='upload_digest_is_a_sha256')],
            },
        ),
        migrations.CreateModel(
            name='IndicatorMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='months', to='injuries.indicator')),
                ('month', models.DateField(help_text='Its first day.')),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='indicator_months', to='injuries.upload')),
                ('stands', models.BooleanField(default=False)),
                ('replaced_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_indicator_months', to='injuries.upload')),
            ],
            options={
                'ordering': ['indicator', 'month'],
                'constraints': [models.UniqueConstraint(fields=('upload', 'indicator', 'month'), name='an_indicators_month_once_per_file'), models.UniqueConstraint(condition=models.Q(('stands', True)), fields=('indicator', 'month'), name='one_standing_count_per_indicator_and_month'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='counted_month_is_its_first_day'), models.CheckConstraint(condition=models.Q(('stands', False), ('replaced_by', None), _connector='OR'), name='a_replaced_count_does_not_stand')],
            },
        ),
        migrations.CreateModel(
            name='MonthlyCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='counts', to='injuries.indicatormonth')),
                ('staff_group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='injuries.staffgroup')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
                ('count', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('of', 'staff_group', 'unit'), name='one_count_per_group_and_unit', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('count__gte', 1)), name='a_count_counts_something')],
            },
        ),
        migrations.CreateModel(
            name='HeadcountMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('staff_group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='months', to='injuries.staffgroup')),
                ('month', models.DateField(help_text='Its first day.')),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='headcount_months', to='injuries.upload')),
                ('stands', models.BooleanField(default=False)),
                ('replaced_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_headcount_months', to='injuries.upload')),
            ],
            options={
                'ordering': ['staff_group', 'month'],
                'constraints': [models.UniqueConstraint(fields=('upload', 'staff_group', 'month'), name='a_groups_month_once_per_file'), models.UniqueConstraint(condition=models.Q(('stands', True)), fields=('staff_group', 'month'), name='one_standing_headcount_per_group_and_month'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='headcount_month_is_its_first_day'), models.CheckConstraint(condition=models.Q(('stands', False), ('replaced_by', None), _connector='OR'), name='a_replaced_headcount_does_not_stand')],
            },
        ),
        migrations.CreateModel(
            name='Headcount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='headcounts', to='injuries.headcountmonth')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
                ('people', models.DecimalField(decimal_places=4, max_digits=12)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('of', 'unit'), name='one_headcount_per_group_and_unit', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('people__gte', 0)), name='no_headcount_below_zero')],
            },
        ),
        migrations.AddField(
            model_name='indicator',
            name='staff_groups',
            field=models.ManyToManyField(blank=True, help_text="Compared by these groups, each over its own headcount. None: over everybody's.", related_name='indicators', through='injuries.IndicatorStaffGroup', to='injuries.staffgroup'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='monthlycount',
            trigger=pgtrigger.compiler.Trigger(name='counts_are_not_edited', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='9948a0e65d5af774d037394ccc19bdde5af999a8', operation='UPDATE', pgid='pgtrigger_counts_are_not_edited_d73e5', table='injuries_monthlycount', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='headcount',
            trigger=pgtrigger.compiler.Trigger(name='headcounts_are_not_edited', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='46a45d018dd97b0c2686d3a4e3aacd044e866a76', operation='UPDATE', pgid='pgtrigger_headcounts_are_not_edited_58b60', table='injuries_headcount', when='BEFORE')),
        ),
    ]
