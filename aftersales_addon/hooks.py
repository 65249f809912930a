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
           AND conrelid IN (
               SELECT to_regclass(replace(model.model, '.', '_'))
                 FROM ir_model model
                 JOIN ir_model_data data
                   ON data.model = 'ir.model' AND data.res_id = model.id
                WHERE model.model LIKE 'aftersales.%'
                  AND data.module LIKE 'aftersales\\_addon%'
           )
        """
    )
    for (statement,) in env.cr.fetchall():
        env.cr.execute(statement)
