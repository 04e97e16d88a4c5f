# fails no-endpoints with service-deleted
kubectl delete svc back-end-service -n myapp
sleep 3
curl -m 2 http://10.108.197.131:8080
