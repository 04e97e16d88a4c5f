# fails reply-address with before-snat
curl http://10.108.197.131:8080
chainwalk answer reply-address 192.168.56.10
