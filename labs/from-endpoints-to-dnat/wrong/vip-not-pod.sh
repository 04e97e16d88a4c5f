# fails sql-address with vip-not-pod
chainwalk answer sql-address 10.102.152.25
