// One database and one role for each service; none can open another's.
import { spawn } from 'node:child_process';
import { DATABASES, postgresTool } from './system.mjs';

function sql(settings, text, database = 'postgres') {
  return new Promise((resolve, reject) => {
    const psql = spawn(postgresTool('psql'), ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', String(settings.ports.postgres), '-U', 'postgres', '-d', database], {
      env: { PATH: process.env.PATH, PGPASSWORD: settings.secrets.postgres, PGCONNECT_TIMEOUT: '10' },
    });
    let out = '';
    let err = '';
    psql.stdout.on('data', (data) => { out += data; });
    psql.stderr.on('data', (data) => { err += data; });
    psql.on('error', reject);
    psql.on('close', (code) => (code === 0 ? resolve(out.trim()) : reject(new Error(err.trim() || `psql ended with ${code}`))));
    psql.stdin.end(text); // not as an argument: passwords would be in the list of processes
  });
}

export async function prepareDatabases(settings) {
  const present = new Set((await sql(settings, "SELECT 'role ' || rolname FROM pg_roles UNION ALL SELECT 'database ' || datname FROM pg_database")).split('\n'));
  const statements = ['\\set ON_ERROR_STOP 1'];
  for (const name of DATABASES) {
    if (!present.has(`role ${name}`)) statements.push(`CREATE ROLE ${name} LOGIN;`);
    statements.push(`ALTER ROLE ${name} PASSWORD '${settings.secrets[`database:${name}`]}';`);
    if (!present.has(`database ${name}`)) statements.push(`CREATE DATABASE ${name} OWNER ${name} TEMPLATE template0 ENCODING 'UTF8';`);
    statements.push(`REVOKE CONNECT, TEMPORARY ON DATABASE ${name} FROM PUBLIC;`);
  }
  await sql(settings, statements.join('\n'));
}
