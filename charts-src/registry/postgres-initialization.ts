/**
 * Makes the role that the application works as, and gives it the database: the image makes an administrator only. psql reads
 * the password from its environment; an argument could be read by everybody on the node. Runs once, on an empty disk.
 */
export const applicationRoleScript = `set -e
if [ "$APPLICATION_USER" = "$POSTGRES_USER" ]; then exit 0; fi
psql --set ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\\getenv user APPLICATION_USER
\\getenv password APPLICATION_PASSWORD
CREATE ROLE :"user" LOGIN PASSWORD :'password';
SELECT format('ALTER DATABASE %I OWNER TO %I', current_database(), :'user') \\gexec
ALTER SCHEMA public OWNER TO :"user";
SQL
`;

/** Directory of scripts that the image runs on an empty disk. */
export const initializationDirectory = '/docker-entrypoint-initdb.d';

/** Name of the script there. */
export const applicationRoleFile = '10-application-role.sh';
