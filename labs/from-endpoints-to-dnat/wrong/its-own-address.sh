# fails pod-source with its-own-address
kubectl exec -n myapp front-end-797bd75476-jjknv -- curl -s http://10.108.197.131:8080
chainwalk answer pod-source 10.0.1.111
