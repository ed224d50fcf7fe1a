// Makes the replica set and its users; at every start, so that an interrupted first start is finished by the next.
const fs = require('fs');

const secret = (name) => fs.readFileSync(`/secrets/mongo/${name}`, 'utf8');
const admin = db.getSiblingDB('admin');
const members = process.env.SLUICE_MONGO_MEMBERS.split(',');

const isRoot = () => {
  try {
    return admin.auth('root', secret('root')).ok === 1;
  } catch (unknown) {
    return false;
  }
};

// This one is chosen when it can be: it is the one that can make the first user.
const set = { _id: 'rs0', members: members.map((name, _id) => ({ _id, host: `${name}:27017`, priority: _id === 0 ? 2 : 1 })) };
while (!db.hello().setName) {
  try {
    rs.initiate(set);
  } catch (failure) {
    // The others may not listen yet.
    print(`No replica set yet: ${failure.message}`);
    sleep(500);
  }
}
// Where another one is primary, all was done before.
while (!db.hello().isWritablePrimary && !(db.hello().primary && isRoot())) {
  sleep(100);
}
if (db.hello().isWritablePrimary) {
  if (!isRoot()) {
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
}
