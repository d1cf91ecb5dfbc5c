"""Nova's fake virt driver, with a folder between it and whoever runs the guests.

`<uuid>.json` says what should be running ("power" on or off) and what it was booted from. A runner of guests writes
`<uuid>.off` when a guest ended by itself, which makes its server SHUTOFF, and `<uuid>.console` with what it printed.
While there is a file `<server name>.stuck-building` or `.stuck-deleting`, a guest is not made, or not destroyed; where
there is `<server name>.build-error`, its making fails with what that says.
The folder is FOLDER_DRIVER_FOLDER, the name that servers' files give for their cloud FOLDER_DRIVER_CLOUD.
"""
import io
import json
import os

import eventlet
from nova import exception
from nova.compute import power_state
from nova.compute import task_states
from nova.image import glance
from nova.virt import event
from nova.virt import fake
from oslo_log import log as logging

LOG = logging.getLogger(__name__)
FOLDER = os.environ['FOLDER_DRIVER_FOLDER']
CLOUD = os.environ['FOLDER_DRIVER_CLOUD']
# how often ends of guests, and of holds, are looked for, seconds
LOOK_EVERY = 0.25


def path(uuid, ending):
    return os.path.join(FOLDER, '%s.%s' % (uuid, ending))


def remove(name):
    try:
        os.remove(name)
    except FileNotFoundError:
        pass


def write(record):
    new = path(record['id'], 'next')
    with open(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), 'w') as file:
        json.dump(record, file)
    os.rename(new, path(record['id'], 'json'))


def read(uuid):
    try:
        with open(path(uuid, 'json')) as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def address(network_info):
    for vif in network_info or []:
        for ip in vif.fixed_ips():
            return ip['address']
    return None


def stick(instance, fault):
    while os.path.exists(path(instance.display_name, fault)):
        eventlet.sleep(LOOK_EVERY)


def fail(instance):
    name = path(instance.display_name, 'build-error')
    if os.path.exists(name):
        with open(name) as file:
            text = file.read()
        remove(name)
        raise exception.NovaException(text)


# Not FakeDriver: that one invents a new node at every start, and nova-compute refuses its second start.
class FolderDriver(fake.FakeDriverWithoutFakeNodes):
    vcpus = int(os.environ.get('FOLDER_DRIVER_VCPUS', '4096'))
    memory_mb = int(os.environ.get('FOLDER_DRIVER_MEMORY_MB', str(16 * 1024 * 1024)))
    local_gb = int(os.environ.get('FOLDER_DRIVER_DISK_GB', '800000'))

    def init_host(self, host):
        super().init_host(host)
        for name in os.listdir(FOLDER):
            if not name.endswith('.json'):
                continue
            record = read(name[:-len('.json')])
            state = power_state.RUNNING if record['power'] == 'on' else power_state.SHUTDOWN
            self.instances[record['id']] = fake.FakeInstance(record['instance'], state, record['id'])
        eventlet.spawn(self._look)

    def _look(self):
        while True:
            try:
                for name in os.listdir(FOLDER):
                    if name.endswith('.off'):
                        self._ended(name[:-len('.off')])
            except Exception:
                LOG.exception('Looking for guests that ended')
            eventlet.sleep(LOOK_EVERY)

    def _ended(self, uuid):
        instance = self.instances.get(uuid)
        record = read(uuid)
        if instance is None or record is None or record['power'] == 'off':
            return
        # Told again until Nova has taken note of it, which it does not while it is at something else with the server.
        instance.state = power_state.SHUTDOWN
        self.emit_event(event.LifecycleEvent(uuid, event.EVENT_LIFECYCLE_STOPPED))

    def _power(self, uuid, power):
        record = read(uuid)
        if power == 'on':
            remove(path(uuid, 'off'))
        if record is not None:
            write({**record, 'power': power})

    def spawn(self, context, instance, image_meta, injected_files, admin_password, allocations,
              network_info=None, block_device_info=None, power_on=True, accel_info=None):
        stick(instance, 'stuck-building')
        fail(instance)
        super().spawn(context, instance, image_meta, injected_files, admin_password, allocations,
                      network_info, block_device_info, power_on, accel_info)
        remove(path(instance.uuid, 'off'))
        flavor = instance.flavor
        write({
            'id': instance.uuid,
            'name': instance.display_name,
            'instance': instance.name,
            'power': 'on' if power_on else 'off',
            'image': {'id': str(image_meta.id), 'name': image_meta.name} if image_meta.id else None,
            'flavor': {'name': flavor.name, 'vcpus': flavor.vcpus, 'ramMb': flavor.memory_mb,
                       'diskGb': flavor.root_gb, 'ephemeralGb': flavor.ephemeral_gb},
            'address': address(network_info),
            'userData': instance.user_data or '',
            'metadata': dict(instance.metadata),
            'keyName': instance.key_name,
            'publicKey': instance.key_data,
            'cloud': CLOUD,
        })

    def destroy(self, context, instance, network_info, block_device_info=None, destroy_disks=True,
                destroy_secrets=True):
        stick(instance, 'stuck-deleting')
        super().destroy(context, instance, network_info, block_device_info, destroy_disks)
        remove(path(instance.uuid, 'json'))
        remove(path(instance.uuid, 'off'))

    def power_off(self, instance, timeout=0, retry_interval=0):
        super().power_off(instance, timeout, retry_interval)
        self._power(instance.uuid, 'off')

    def power_on(self, context, instance, network_info, block_device_info=None, accel_info=None, share_info=None):
        super().power_on(context, instance, network_info, block_device_info, accel_info, share_info)
        self._power(instance.uuid, 'on')

    def get_console_output(self, context, instance):
        try:
            with open(path(instance.uuid, 'console'), 'rb') as file:
                return file.read()
        except FileNotFoundError:
            return b''

    def snapshot(self, context, instance, image_id, update_task_state):
        # The fake driver uploads nothing: the image would stay queued for ever.
        update_task_state(task_state=task_states.IMAGE_PENDING_UPLOAD)
        api = glance.API()
        meta = api.get(context, image_id)
        meta.update({'disk_format': 'raw', 'container_format': 'bare'})
        update_task_state(task_state=task_states.IMAGE_UPLOADING, expected_state=task_states.IMAGE_PENDING_UPLOAD)
        api.update(context, image_id, meta, io.BytesIO(b'snapshot of ' + instance.uuid.encode()), purge_props=False)
