import django.db.models.deletion
import organisation.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('records', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Paper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200)),
                ('panel', models.CharField(default='Audit panel', help_text='Which panel it is for.', max_length=200)),
                ('meeting_on', models.DateField()),
                ('half', organisation.fields.HalfYearField(help_text='The half-year whose roll-ups it draws on.')),
                ('report_by', models.CharField(default='Head of Safety, Health and Wellbeing', max_length=200)),
                ('field_versions', models.JSONField(default=dict, help_text='How often each of the details has changed.')),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('final', 'Final, not published'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('finalised_at', models.DateTimeField(blank=True, null=True)),
                ('content', models.JSONField(help_text='What was made final, word for word.', null=True)),
                ('content_digest', models.CharField(blank=True, help_text='SHA-256 of the canonical content.', max_length=64)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_because', models.TextField(blank=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('finalised_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pdf', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.blob')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-meeting_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='PaperSection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=40)),
                ('text', models.TextField(blank=True)),
                ('version', models.PositiveIntegerField(default=0, help_text='How often the text has changed.')),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sections', to='papers.paper')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AddIndex(
            model_name='paper',
            index=models.Index(fields=['content_digest'], name='paper_by_digest'),
        ),
        migrations.AddIndex(
            model_name='paper',
            index=models.Index(fields=['state', '-meeting_on'], name='paper_by_state'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(('half__regex', '^\\d{4}/\\d{2}-H[12]$')), name='paper_is_on_a_half_year'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('content', None), ('content_digest', ''), ('finalised_at', None), ('finalised_by', None), ('pdf', None), ('state', 'draft')), models.Q(('state__in', ['final', 'published', 'withdrawn']), ('content__isnull', False), ('finalised_at__isnull', False), ('finalised_by__isnull', False), ('content_digest__regex', '^[0-9a-f]{64}$')), _connector='OR'), name='paper_frozen_unless_draft'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at', None), ('published_by', None), ('state__in', ['draft', 'final'])), models.Q(('pdf__isnull', False), ('published_at__isnull', False), ('published_by__isnull', False), ('state__in', ['published', 'withdrawn'])), _connector='OR'), name='paper_published_with_its_document'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('state', 'withdrawn'), _negated=True), ('withdrawn_at', None), ('withdrawn_because', ''), ('withdrawn_by', None)), models.Q(('state', 'withdrawn'), ('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False), models.Q(('withdrawn_because', ''), _negated=True)), _connector='OR'), name='paper_withdrawn_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(('published_by', None), models.Q(('published_by', models.F('finalised_by')), _negated=True), _connector='OR'), name='paper_released_by_two_people'),
        ),
        migrations.AddConstraint(
            model_name='papersection',
            constraint=models.UniqueConstraint(fields=('paper', 'key'), name='one_section_per_paper_and_key'),
        ),
    ]
