# fails scale-three with wrong-deployment
kubectl scale deploy front-end -n myapp --replicas=3
sleep 8
