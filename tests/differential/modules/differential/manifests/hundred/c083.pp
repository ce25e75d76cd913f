# Ten resources.
class differential::hundred::c083 {
  notify { 'c083 1':
    message => "1 of class c083 on ${facts['networking']['hostname']}",
  }
  notify { 'c083 2':
    message => "2 of class c083 on ${facts['networking']['hostname']}",
  }
  notify { 'c083 3':
    message => "3 of class c083 on ${facts['networking']['hostname']}",
  }
  notify { 'c083 4':
    message => "4 of class c083 on ${facts['networking']['hostname']}",
  }
  notify { 'c083 5':
    message => "5 of class c083 on ${facts['networking']['hostname']}",
  }
  notify { 'c083 6':
    message => "6 of class c083 on ${facts['networking']['hostname']}",
  }
  notify { 'c083 7':
    message => "7 of class c083 on ${facts['networking']['hostname']}",
  }
  notify { 'c083 8':
    message => "8 of class c083 on ${facts['networking']['hostname']}",
  }
  notify { 'c083 9':
    message => "9 of class c083 on ${facts['networking']['hostname']}",
  }
  notify { 'c083 10':
    message => "10 of class c083 on ${facts['networking']['hostname']}",
  }
}
