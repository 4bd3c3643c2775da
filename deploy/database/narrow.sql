-- Takes from the map's reader what anyone may do in a PostgreSQL: run in the database of
-- Straatbeeld, best by a superuser; safe to run again. Whoever may not change a thing is warned by
-- PostgreSQL and goes on; `has_function_privilege` tells afterwards what was not taken.
DO $$
DECLARE
    one regprocedure;
    user_of_it name;
BEGIN
    FOR one IN
        SELECT known.oid FROM pg_proc AS known
        JOIN pg_namespace AS home ON home.oid = known.pronamespace
        WHERE has_function_privilege('public', known.oid, 'EXECUTE') AND (
            home.nspname = 'pg_catalog' AND known.prokind = 'f' AND (
                -- Large objects: anyone may write as many as the disk holds.
                known.proname LIKE 'lo\_%' OR known.proname IN ('loread', 'lowrite')
                -- Locks by number: whoever takes ours stops migrations and reports at one asset.
                OR known.proname LIKE 'pg\_advisory\_%' OR known.proname LIKE 'pg\_try\_advisory\_%'
                -- Waiting, and writing to the journal, for nothing.
                OR known.proname LIKE 'pg\_sleep%' OR known.proname = 'pg_logical_emit_message'
                -- How many rows a table has, how many came and went.
                OR known.proname LIKE 'pg\_stat\_get\_tuples\_%' OR known.proname IN (
                    'pg_stat_get_live_tuples', 'pg_stat_get_dead_tuples', 'pg_stat_get_ins_since_vacuum',
                    'pg_stat_get_mod_since_analyze', 'pg_relation_size', 'pg_table_size',
                    'pg_total_relation_size', 'pg_indexes_size'))
            -- PostGIS reads statistics without asking whether the caller may read the table.
            OR known.proname IN (
                'st_estimatedextent', 'st_estimated_extent', '_postgis_stats', '_postgis_selectivity',
                '_postgis_join_selectivity', '_postgis_index_extent', 'postgis_extensions_upgrade'))
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', one);
        FOR user_of_it IN
            SELECT rolname FROM pg_roles
            WHERE rolname = 'straatbeeld' OR oid = (
                SELECT datdba FROM pg_database WHERE datname = current_database())
        LOOP
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', one, user_of_it);
        END LOOP;
    END LOOP;
END
$$;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'straatbeeld_map') THEN
        -- Two web processes of four threads need ten; raise it with more of them.
        ALTER ROLE straatbeeld_map CONNECTION LIMIT 60;
        -- What a session starts with. A session may choose other values, so the limit above counts.
        ALTER ROLE straatbeeld_map SET statement_timeout = '15s';
        ALTER ROLE straatbeeld_map SET lock_timeout = '8s';
        ALTER ROLE straatbeeld_map SET idle_in_transaction_session_timeout = '60s';
        BEGIN
            -- No session may change this one, and only a superuser may set it.
            ALTER ROLE straatbeeld_map SET temp_file_limit = '256MB';
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE WARNING 'straatbeeld_map may fill the disk with temporary files: %', SQLERRM;
        END;
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'straatbeeld_map keeps the limits it had: %', SQLERRM;
END
$$;
