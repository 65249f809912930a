def uninstall_hook(env):
    """Let users go that only records of this addon hold back.

    An addon's records with an external id are removed before its tables are. A user
    who is required somewhere in those tables, such as a technician of the demo data
    with hours on a visit, would be held back by rows that go a moment later.
    """
    env.cr.execute(
        """
        SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
          FROM pg_constraint
         WHERE contype = 'f'
           AND confrelid = 'res_users'::regclass
           AND confdeltype = 'r'
           AND conrelid::regclass::text LIKE 'aftersales\\_%'
        """
    )
    for (statement,) in env.cr.fetchall():
        env.cr.execute(statement)
