# fails direct-call with through-the-service
kubectl exec -n myapp deploy/front-end -- curl -s http://10.108.197.131:8080
