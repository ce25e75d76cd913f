"""Who may join, what each node is, and the CA that says so: shared by check_csr, node_classifier, puppet_ca.

Nothing is imported here: ``node_classifier`` answers from its cache without loading what it does
not need.
"""
