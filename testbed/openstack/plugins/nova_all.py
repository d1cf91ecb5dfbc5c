"""nova-api, nova-conductor, nova-scheduler and nova-compute in one process, with transport_url=fake:/// (no broker).
Three Python processes and RabbitMQ less; Nova's own functional tests are built the same way. nova-compute reads the
database itself here."""
import os
import sys

import nova.monkey_patch  # noqa: F401 - first of all
import nova.virt

# compute_driver is looked up below nova.virt alone
nova.virt.__path__.append(os.path.dirname(os.path.abspath(__file__)))

from nova import config  # noqa: E402
from nova import objects  # noqa: E402
from nova import service  # noqa: E402
from nova.compute import rpcapi as compute_rpcapi  # noqa: E402
from nova.conductor import rpcapi as conductor_rpcapi  # noqa: E402
from nova.scheduler import rpcapi as scheduler_rpcapi  # noqa: E402
import nova.conf  # noqa: E402
from oslo_log import log as logging  # noqa: E402
from oslo_service import service as oslo_service  # noqa: E402

sys.argv[0] = 'nova-all'
config.parse_args(sys.argv)
logging.setup(nova.conf.CONF, 'nova')
objects.register_all()
launcher = oslo_service.ServiceLauncher(nova.conf.CONF)
for binary, topic in (
    ('nova-conductor', conductor_rpcapi.RPC_TOPIC),
    ('nova-scheduler', scheduler_rpcapi.RPC_TOPIC),
    ('nova-compute', compute_rpcapi.RPC_TOPIC),
):
    launcher.launch_service(service.Service.create(binary=binary, topic=topic))
launcher.launch_service(service.WSGIService('osapi_compute'))
launcher.wait()
