DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tombola_owner') THEN CREATE ROLE tombola_owner; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tombola_server') THEN CREATE ROLE tombola_server; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tombola_locate') THEN CREATE ROLE tombola_locate; END IF;
END $$;

-- Owns the database and its tables; runs migrations.
ALTER ROLE tombola_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT
  PASSWORD '{owner verifier}';

-- Serves requests; owns nothing and stands under row-level security.
ALTER ROLE tombola_server LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT
  PASSWORD '{server verifier}';

-- Owns the functions that answer which tenant a row belongs to. Nobody signs in as it.
ALTER ROLE tombola_locate NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT
  PASSWORD NULL;

-- The owner may hand functions to tombola_locate. NOINHERIT above: it does not see what tombola_locate sees.
GRANT tombola_locate TO tombola_owner;

-- On the database: everything to its owner, CONNECT to the server, nothing to anyone else.
DO $$ BEGIN
  EXECUTE format('ALTER DATABASE %I OWNER TO tombola_owner', current_database());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM tombola_server', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO tombola_server', current_database());
END $$;
ALTER SCHEMA public OWNER TO tombola_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
