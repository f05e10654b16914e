-- The database's roles in production, and what each may do. docs/database-roles.md explains them.
--
-- Run this as the role that owns the tables, after every `manage.py migrate` (which makes tables and functions anew):
-- `manage.py prepare_database_roles` does. By hand, an administrator of the database may: psql --file=THIS truelevel
--
--   owner        whoever runs this. Owns tables and functions; used for migrations only, never by a running process.
--   application  web server, worker, timetable. Reads and writes, but of the trail and the histories it can neither
--                change nor remove a row, and it cannot write a history or a link of the chain but by what it does.
--                One exception: a lawful redaction takes passages out of the texts in a history.
--   reader       for reports and audits. Reads, but no password, session, token or second factor.
--
-- Other names than the two below: SET truelevel.application = '…' and truelevel.reader = '…' before this.
-- A role that is not there is made, with a password where truelevel.application_password or …reader_password is set.

DO $roles$
DECLARE
    application CONSTANT text :=
        COALESCE(NULLIF(current_setting('truelevel.application', true), ''), 'truelevel_application');
    reader CONSTANT text := COALESCE(NULLIF(current_setting('truelevel.reader', true), ''), 'truelevel_reader');
    home CONSTANT text := current_schema();
    role_name text;
    password text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY[application, reader] LOOP
        IF role_name = session_user OR role_name = current_user THEN
            RAISE EXCEPTION 'Run this as the owner of the tables, not as %.', role_name;
        END IF;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', role_name);
        END IF;
        password := current_setting(
            CASE role_name WHEN application THEN 'truelevel.application_password' ELSE 'truelevel.reader_password' END,
            true
        );
        IF password <> '' THEN
            EXECUTE format('ALTER ROLE %I PASSWORD %L', role_name, password);
        END IF;
        IF (SELECT rolsuper FROM pg_roles WHERE rolname = role_name) THEN
            RAISE EXCEPTION 'The role % is a superuser: nothing can be kept from it. Choose another.', role_name;
        END IF;
        -- From nothing: what an earlier version of this file granted does not stay.
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', home, role_name);
        EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA %I FROM %I', home, role_name);
        EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM %I', home, role_name);
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', home, role_name);
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role_name);
    END LOOP;
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', home);
END
$roles$;

DO $application$
DECLARE
    application CONSTANT text :=
        COALESCE(NULLIF(current_setting('truelevel.application', true), ''), 'truelevel_application');
    home CONSTANT text := current_schema();
    allowed text;
    one record;
BEGIN
    FOR one IN
        SELECT c.relname AS name, EXISTS (
            SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'pgh_label' AND NOT a.attisdropped
        ) AS is_history
        FROM pg_class c WHERE c.relnamespace = home::regnamespace AND c.relkind IN ('r', 'p')
    LOOP
        allowed := CASE
            -- Written by the functions below alone, whatever made them run.
            WHEN one.is_history OR one.name IN ('pghistory_context', 'records_traillink') THEN 'SELECT'
            WHEN one.name = 'records_trailentry' THEN 'SELECT, INSERT'
            -- Names and network addresses, which the law may want erased.
            WHEN one.name = 'records_trailidentity' THEN 'SELECT, INSERT, DELETE'
            WHEN one.name = 'django_migrations' THEN 'SELECT'
            ELSE 'SELECT, INSERT, UPDATE, DELETE'
        END;
        EXECUTE format('GRANT %s ON %I.%I TO %I', allowed, home, one.name, application);
    END LOOP;
    -- What people wrote, as histories keep it: a redaction must reach it (assurance/services/redactions.py). Not who
    -- changed it, when, in which order or from where; and the triggers below let nobody do it but a redaction.
    FOR one IN
        SELECT c.relname AS name, string_agg(quote_ident(a.attname), ', ') AS columns
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = home::regnamespace
            AND c.relname IN (
                'actions_actionevent', 'actions_taskevent', 'assurance_entryevent', 'assurance_revisionevent'
            )
            AND a.atttypid IN ('text'::regtype, 'varchar'::regtype)
            AND a.attname NOT IN ('pgh_label', 'state', 'status', 'content_digest', 'signer_name', 'signer_position')
        GROUP BY c.relname
    LOOP
        EXECUTE format('GRANT UPDATE (%s) ON %I.%I TO %I', one.columns, home, one.name, application);
    END LOOP;
    -- nextval, but not setval: numbers that have been given are not given again.
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO %I', home, application);

    -- What writes histories and the chain does so as the owner, in the schema it was made in.
    FOR one IN
        SELECT p.oid::regprocedure AS signature
        FROM pg_proc p
        WHERE p.pronamespace = home::regnamespace AND (
            p.proname = '_pgh_attach_context'
            OR (p.prorettype = 'trigger'::regtype AND (
                p.prosrc LIKE '%INSERT INTO records_traillink%' OR p.prosrc LIKE '%\_pgh\_attach\_context()%'
            ))
        )
    LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = %I, pg_temp', one.signature, home);
    END LOOP;
END
$application$;

-- The triggers that protect rows can be told to look away (pgtrigger.ignore). From here on they listen to the owner,
-- and to the application for what a redaction needs, while one waits for its second person.
DO $triggers$
BEGIN
    EXECUTE format($function$
        CREATE OR REPLACE FUNCTION %I._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
        LANGUAGE plpgsql STABLE AS $body$
        DECLARE
            ignored text[];
        BEGIN
            ignored := NULLIF(current_setting('pgtrigger.ignore', true), '');
            IF ignored IS NULL OR NOT trigger_name = ANY(ignored) THEN
                RETURN FALSE;
            END IF;
            IF pg_has_role(session_user, %L, 'MEMBER') THEN
                RETURN TRUE;
            END IF;
            RETURN trigger_name ~ (
                '^pgtrigger_(signed_content_is_frozen|signed_entries_are_frozen|signed_evidence_is_frozen'
                '|evidence_files_stay|append_only|overwritten_update)_'
            ) AND EXISTS (SELECT FROM %I.assurance_redaction WHERE state = 'proposed');
        END
        $body$
    $function$, current_schema(), current_user, current_schema());
END
$triggers$;

DO $reader$
DECLARE
    reader CONSTANT text := COALESCE(NULLIF(current_setting('truelevel.reader', true), ''), 'truelevel_reader');
    home CONSTANT text := current_schema();
    one record;
BEGIN
    FOR one IN
        SELECT
            c.relname AS name,
            string_agg(quote_ident(a.attname), ', ') FILTER (WHERE NOT a.is_secret) AS columns,
            bool_or(a.is_secret) AS has_secrets
        FROM pg_class c
        CROSS JOIN LATERAL (
            SELECT attname, attname ~ '(password|secret|token|salt|session_key)' AS is_secret
            FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
        ) a
        WHERE c.relnamespace = home::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT IN (
            'account_emailconfirmation', 'cache', 'django_session', 'mfa_authenticator', 'records_personalexport',
            'usersessions_usersession'
        ) AND c.relname NOT LIKE 'socialaccount\_%'
        GROUP BY c.relname
    LOOP
        IF one.has_secrets THEN
            EXECUTE format('GRANT SELECT (%s) ON %I.%I TO %I', one.columns, home, one.name, reader);
        ELSE
            EXECUTE format('GRANT SELECT ON %I.%I TO %I', home, one.name, reader);
        END IF;
    END LOOP;
END
$reader$;
