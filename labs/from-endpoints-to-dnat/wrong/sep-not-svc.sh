# fails service-chain with sep-not-svc
chainwalk answer service-chain KUBE-SEP-ZPYHQGISNP3GWMDD
