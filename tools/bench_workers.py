"""For benchmarks: a nightly job by several processes, of which one may be killed.

Each process has a registry and a connection of its own, as Odoo's workers have.
"""

import multiprocessing
import os
import resource
import signal
import time
from dataclasses import dataclass


@dataclass
class Job:
    """A method of a model that is called until nothing is left to do."""

    model: str
    method: str
    left: list  # the domain of what is left


@dataclass
class Outcome:
    """What it took until the last worker was through."""

    seconds: float
    peak_mib: float  # of the worker that took most


def _work(name, job, peaks):
    """Be a worker: do the job until nothing is left."""
    from odoo.api import SUPERUSER_ID, Environment
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-d", name, "--no-http", "--log-level=error"])
    with Registry(name).cursor() as cr:
        model = Environment(cr, SUPERUSER_ID, {})[job.model]
        while model.search_count(job.left, limit=1):
            getattr(model, job.method)()
            cr.commit()
    peaks.put(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def run(env, job, workers=1, kill_at=0):
    """Have workers do a job to its end.

    :param env: of a database whose data is committed
    :param Job job: what they do
    :param int workers: how many at once
    :param int kill_at: how many are left when the first worker is killed (SIGKILL) and
        a new one takes over; 0: none is killed
    :return: an ``Outcome``; the start of the processes is included
    :raise RuntimeError: when a worker fails
    """
    context = multiprocessing.get_context("spawn")
    peaks = context.SimpleQueue()

    def start():
        """Start one more worker."""
        process = context.Process(target=_work, args=(env.cr.dbname, job, peaks))
        process.start()
        return process

    begin = time.perf_counter()
    running = [start() for _number in range(workers)]
    if kill_at:
        _wait_for(env, job, kill_at, running)
        victim = running.pop(0)
        os.kill(victim.pid, signal.SIGKILL)
        victim.join()
        running.append(start())
    for process in running:
        process.join()
    seconds = time.perf_counter() - begin
    if any(process.exitcode for process in running):
        raise RuntimeError(f"a worker on {job.model} failed; its error stands above")
    env.cr.rollback()
    env.invalidate_all()
    return Outcome(seconds, max(peaks.get() for _process in running))


def _wait_for(env, job, kill_at, running):
    """Return when so many are left, while all workers are still at it."""
    while env[job.model].search_count(job.left) > kill_at:
        if not all(process.is_alive() for process in running):
            raise RuntimeError(f"a worker on {job.model} ended too early")
        env.cr.rollback()
        time.sleep(0.2)
    env.cr.rollback()
