// Makes the replica set and its users; at every start, so that an interrupted first start is finished by the next.
const fs = require('fs');

const secret = (name) => fs.readFileSync(`/secrets/mongo/${name}`, 'utf8');
const admin = db.getSiblingDB('admin');

if (!db.hello().setName) {
  rs.initiate({ _id: 'rs0', members: [{ _id: 0, host: 'mongo:27017' }] });
}
while (!db.hello().isWritablePrimary) {
  sleep(100);
}

try {
  admin.auth('root', secret('root'));
} catch (unknown) {
  admin.createUser({ user: 'root', pwd: secret('root'), roles: ['root'] });
  admin.auth('root', secret('root'));
}

for (const service of ['auth-service', 'dataset-service', 'item-service', 'model-service']) {
  const name = `sluice-${service.replace('-service', '')}`;
  const database = db.getSiblingDB(name);
  // Rights on its own database only: what one service holds, another cannot read.
  const user = { pwd: secret(service), roles: [{ role: 'readWrite', db: name }] };
  if (database.getUser(service)) {
    database.updateUser(service, user);
  } else {
    database.createUser({ user: service, ...user });
  }
}
